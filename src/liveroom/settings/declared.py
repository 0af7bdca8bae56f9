"""Every setting: its type, its default and one sentence about it.

Nothing is read here (`sources` does that) and nothing is judged (`checks` does). The page docs/settings.md, the file
that `liveroom config env` prints and the table of `liveroom config show` are made from these declarations.
"""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from liveroom.settings import values
from liveroom.settings.declaring import setting
from liveroom.settings.listening import ListeningSettings
from liveroom.settings.values import FixedCode, IceServerSetting, NamedSecret, Secret


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Declared(ListeningSettings):
    """What the operator may decide; `Settings` is what has been decided."""

    data_dir: Path = setting(
        Path("liveroom-data"),
        "Folder for the SQLite database and generated keys; relative to the working directory.",
        starts="Storage",
        parse=values.parse_path,
        shown_default="./liveroom-data",
    )
    database_url: str = setting(
        "",
        "Durable data: sqlite:///path/of/file or mysql://user:password@host:port/database.",
        shown_default="sqlite:///<data_dir>/liveroom.db",
    )
    migrate: bool = setting(
        False,
        "Whether a process that starts brings MySQL's schema up to its release first, one at a time, as it does with "
        "SQLite; off, `liveroom migrate` has to; defaults to on as a web function.",
    )
    redis_url: str | None = setting(
        None,
        "Live data: redis://, rediss://, redis+sentinel://host:port,host:port/master or redis+cluster://host:port,host:port;"
        " unset keeps it in the memory of one process.",
        parse=values.parse_text,
    )
    mysql_pool: int = setting(8, "MySQL connections per process.")
    sqlite_synchronous: str = setting(
        "normal",
        "SQLite durability: normal survives a killed process, full also a power cut.",
        parse=values.choice("normal", "full"),
    )

    secret: tuple[NamedSecret, ...] = setting(
        (),
        "Signing and encryption secrets, one text or a list id:value,id:value: the first is used, the others are still "
        "accepted; unset on SQLite and memory, one is generated in data_dir.",
        starts="Secrets and limits",
        parse=values.parse_secrets,
        secret=True,
    )
    internal_key: Secret | None = setting(
        None, "Key for POST /internal/tick; unset, the call is refused.", parse=values.parse_secret, secret=True
    )
    registration: str = setting(
        "open", "Whether anyone may register an account.", parse=values.choice("open", "closed")
    )
    account_limit: int = setting(
        200,
        "Accounts per address in ten minutes; carriers put thousands of people behind one address. 0 for no limit.",
    )
    guests: bool = setting(
        True, "Whether anyone may join as a guest, with an account made on the spot; not while registration is closed."
    )
    guest_limit: int = setting(200, "Guest accounts per address in ten minutes; 0 for no limit.")
    browsing: str = setting(
        "guests",
        "Whether people who have not signed in see public rooms: the list (rooms/browse), and title, host and cover in "
        "shared links (/r/<roomId>); guests: if guests may enter.",
        parse=values.choice("guests", "on", "off"),
    )
    signature_ts: str = setting(
        "optional",
        "Whether a login signature must have a timestamp; required prevents replays, but refuses apps that send none.",
        parse=values.choice("optional", "required"),
    )
    token_ttl: timedelta = setting(timedelta(days=30), "How long a login token is valid.")
    audit_keep: timedelta = setting(timedelta(days=400), "How long the audit log (`liveroom audit`) is kept.")
    messages_keep: timedelta = setting(
        timedelta(days=190),
        "How long room messages are kept, a little more than half a year by default; 0 keeps them forever.",
    )
    reports_keep: timedelta = setting(
        timedelta(days=400), "How long users' reports and statements of reasons are kept; 0 keeps them forever."
    )
    stays_keep: timedelta = setting(
        timedelta(0),
        "How long records of who was in which broadcast, and when, are kept; 0 keeps them forever, because the totals "
        "of broadcasts are computed from them.",
    )
    blocked_words: Path | None = setting(
        None,
        "File of words not allowed in names, titles, descriptions and messages: UTF-8, one per line, # for a comment, "
        "~ before a word to mask it with stars instead; reloaded when it changes.",
        parse=values.parse_path,
    )
    webhook_give_up: timedelta = setting(
        timedelta(days=3), "How long delivery of an event to a webhook is retried before it becomes a dead letter."
    )
    anchor_anyone: bool = setting(True, "Whether anyone may be an anchor in rooms with the host policy hosts.")
    rooms_per_owner: int = setting(
        3,
        "Live rooms per owner: another closes the oldest that the owner is not in, or is refused; 0 for no limit.",
    )
    room_pace: int = setting(10, "Rooms that one user may open, and reserve, per minute; 0 for no limit.")
    room_capacity_max: int = setting(0, "Maximum members of any room; 0 for no limit.")
    message_limit: int = setting(10, "Messages per member and room in ten seconds; 0 for no limit.")
    room_message_limit: int = setting(
        40, "Messages per room and second, 1 to 200; 20 more of high priority are counted separately."
    )
    timer_room: timedelta = setting(
        timedelta(hours=12),
        "Maximum length of a broadcast opened as TIMER_ROOM, unless its owner changes it; 0 for no limit.",
    )
    seat_request: timedelta = setting(
        timedelta(seconds=15), "How long an application for a seat, or an invitation to one, stays open."
    )
    follow_limit: int = setting(5000, "Other users whom one user follows at most.")
    remind_before: timedelta = setting(
        timedelta(minutes=10), "How long before a scheduled broadcast begins those are told who want to be reminded."
    )
    connection_request: timedelta = setting(
        timedelta(seconds=30),
        "How long a request to connect two live rooms stays open; at most 30 s.",
    )
    query_limit_default: int = setting(100, "Default page size of query_room, 1 to 100.")

    im: Literal["auto", "none", "tencent"] = setting(
        "auto",
        "Chat provider: none (the socket carries messages) or tencent; unset it is tencent once SDKAppID, secret and "
        "administrator are all set.",
        starts="Providers",
        parse=values.choice("none", "tencent"),
        shown_default="",
    )
    im_mirror: bool = setting(
        False, "Whether room messages are also sent to the room's group at Tencent IM, for apps that read them there."
    )
    rtc: Literal["mesh", "trtc", "livekit"] = setting(
        "mesh",
        "Default media provider of tenants: mesh (between browsers, small rooms), trtc or livekit.",
        parse=values.choice("mesh", "trtc", "livekit"),
    )
    ice_servers: tuple[IceServerSetting, ...] = setting(
        (),
        "STUN and TURN servers for mesh: a list such as stun:stun.example.com:3478, or RTCIceServer objects as a JSON "
        "array; none are needed within one network.",
        parse=values.parse_ice_servers,
        secret=True,
    )
    turn_urls: tuple[str, ...] = setting(
        (),
        "URLs of a coturn server, such as turn:turn.example.com:3478; each member gets their own credentials.",
        parse=values.parse_list,
    )
    turn_secret: Secret | None = setting(
        None, "The static-auth-secret of that coturn server.", parse=values.parse_secret, secret=True
    )
    livekit_url: str = setting("", "URL of the LiveKit server for browsers and apps, such as wss://live.example.com.")
    livekit_key: str = setting("", "API key of the LiveKit server.")
    livekit_secret: Secret | None = setting(
        None, "API secret of the LiveKit server.", parse=values.parse_secret, secret=True
    )
    trtc_sdk_app_id: int = setting(0, "Tencent's SDKAppID; 0 for none.")
    trtc_secret: Secret | None = setting(
        None, "Tencent's SecretKey of that SDKAppID.", parse=values.parse_secret, secret=True
    )
    tim_administrator: str = setting("", "Name of the administrator account of Tencent IM.")
    im_callback_token: Secret | None = setting(
        None,
        "Token of Tencent IM's callbacks, as entered in its console; without it /callbacks/im refuses all.",
        parse=values.parse_secret,
        secret=True,
    )
    trtc_callback_key: Secret | None = setting(
        None,
        "Key of TRTC's callbacks, as entered in its console; without it /callbacks/trtc refuses all. LiveKit's are "
        "signed with its API secret.",
        parse=values.parse_secret,
        secret=True,
    )
    trtc_permission_control: bool = setting(
        False,
        'Whether "advanced permission control" is on in TRTC\'s console: then anyone who publishes in a room '
        "without a seat or a host's role is removed from its media when TRTC's callbacks report it.",
    )
    trtc_lists: bool = setting(
        False,
        "Whether TRTC's lists of rooms and users are compared with ours; Tencent sells them with its monitoring "
        "dashboard.",
    )
    tencent_secret_id: str = setting(
        "", "SecretId of the Tencent Cloud account, with which SMS, captcha and TRTC's control are called."
    )
    tencent_secret_key: Secret | None = setting(
        None, "SecretKey of that SecretId.", parse=values.parse_secret, secret=True
    )
    region: str = setting("", "Region of the Tencent account, such as ap-guangzhou.")
    vendor_timeout: timedelta = setting(
        timedelta(seconds=5), "How long a call of IM, TRTC or LiveKit may take; Tencent's own limit is 3 s."
    )
    usersig_ttl: timedelta = setting(timedelta(hours=48), "How long a UserSig is valid.")
    sms: Literal["auto", "none", "log", "tencent"] = setting(
        "auto",
        "Who sends codes to phones: none, tencent, or log (only into the log: for your own machine, refused with "
        "MySQL or Redis); unset it is tencent once sms_sdk_app_id is set, else log where that is allowed.",
        parse=values.choice("none", "log", "tencent"),
        shown_default="",
    )
    sms_sdk_app_id: str = setting("", "SdkAppId of Tencent Cloud SMS, such as 1400006666.")
    sms_sign_name: str = setting("", "The approved signature of text messages, without its brackets.")
    sms_template_id: str = setting("", "The approved template of text messages; its parameter {1} is the code.")
    sms_template_abroad: str = setting(
        "", "The template for numbers outside mainland China; unset, the same for all numbers."
    )
    sms_template_minutes: bool = setting(
        False, "Whether the templates have a parameter {2}: the minutes for which the code is valid."
    )
    sms_region: str = setting("ap-guangzhou", "Region of Tencent Cloud SMS, such as ap-guangzhou or ap-singapore.")
    sms_url: str = setting(
        "https://sms.tencentcloudapi.com",
        "Address of Tencent Cloud SMS; https://sms.intl.tencentcloudapi.com for international accounts.",
    )
    email: Literal["auto", "none", "log", "smtp"] = setting(
        "auto",
        "Who sends codes to mailboxes: none, smtp, or log as with sms; unset it is smtp once smtp_url is set, else log "
        "where that is allowed.",
        parse=values.choice("none", "log", "smtp"),
        shown_default="",
    )
    smtp_url: str = setting(
        "",
        "The mail server: smtps://user:password@host (TLS) or smtp://user:password@host:587 (STARTTLS); a special "
        "character as %XX.",
    )
    smtp_tls: bool = setting(
        True, "Whether smtp:// must switch to TLS before anything is sent; off for a server on the same machine."
    )
    email_from: str = setting("", "Sender of mails, such as Live <no-reply@example.com>.")
    test_codes: tuple[FixedCode, ...] = setting(
        (),
        "Numbers and mailboxes to which nothing is sent and whose code is always the same, for tests and app review: "
        "number:code,mailbox:code. Anyone who knows both can sign in.",
        parse=values.parse_fixed_codes,
        secret=True,
    )
    code_address_limit: int = setting(
        100, "Codes that one address may request per day; 0 for no limit. A number gets one a minute and ten a day."
    )
    captcha: Literal["none", "tencent"] = setting(
        "none",
        "Captcha provider that tells people from bots before a code is sent.",
        parse=values.choice("none", "tencent"),
    )
    captcha_web_appid: int = setting(0, "Tencent captcha app id for web pages, handed out by gslb.")
    captcha_wxmini_appid: int = setting(0, "Tencent captcha app id for WeChat mini programs, handed out by gslb.")
    captcha_web_secret: Secret | None = setting(
        None, "AppSecretKey of the captcha for web pages and apps.", parse=values.parse_secret, secret=True
    )
    captcha_wxmini_secret: Secret | None = setting(
        None, "AppSecretKey of the captcha for WeChat mini programs.", parse=values.parse_secret, secret=True
    )
    captcha_url: str = setting(
        "https://captcha.tencentcloudapi.com",
        "Address of Tencent's captcha; https://captcha.intl.tencentcloudapi.com for international accounts.",
    )

    simulator: str = setting(
        "",
        "Address of `liveroom simulate`, which stands in for Tencent on your own machine, such as "
        "http://127.0.0.1:9009: all of Tencent's keys and addresses are then the simulator's; refused with MySQL and "
        "on public addresses.",
    )

    lease_keepalive: timedelta = setting(
        timedelta(seconds=90), "Silence after which a session that sends keepalives is offline.", starts="Who is online"
    )
    lease_silent: timedelta = setting(
        timedelta(minutes=30), "Silence after which a session that never sent a keepalive is offline."
    )
    lease_silent_host: timedelta = setting(timedelta(hours=4), "The same for a session that is host of a room.")
    grace_owner: timedelta = setting(
        timedelta(seconds=60), "How long a room without its host stays hidden before it is handed over or closed."
    )
    audience_max: timedelta = setting(
        timedelta(hours=6), "Longest stay in an audience without any evidence of presence in the room."
    )
    heat_half_life: timedelta = setting(
        timedelta(minutes=10), "Time after which what happened in a room counts half for its heat.", starts="Heat"
    )
    heat_enter: float = setting(1.0, "What it adds to a room's heat when somebody enters who was not in the broadcast.")
    heat_message: float = setting(0.5, "What a message adds to a room's heat.")
    heat_like: float = setting(0.02, "What a like adds to a room's heat.")
    socket_channels_max: int = setting(128, "Maximum channel subscriptions per connection.")
    socket_message_max: int = setting(65_536, "Maximum size of a message sent by a connection, in bytes.")
    socket_user_max: int = setting(
        10, "Connections per user and process: a new one beyond that closes the oldest; 0 for no limit."
    )
    socket_rate: int = setting(
        50, "Commands per second and connection in the long run; bursts of ten times as many are allowed."
    )
    realtime: Literal["builtin", "centrifugo"] = setting(
        "builtin",
        "What serves the sockets: builtin, or Centrifugo 6.8 or newer in front, with the configuration that `liveroom "
        "config centrifugo` prints.",
        parse=values.choice("builtin", "centrifugo"),
    )
    centrifugo_url: str = setting("http://127.0.0.1:8000", "URL of Centrifugo's server API.", parse=values.parse_text)
    centrifugo_api_key: Secret | None = setting(
        None, "Key of Centrifugo's server API.", parse=values.parse_secret, secret=True
    )
    centrifugo_proxy_key: Secret | None = setting(
        None,
        "Secret that Centrifugo must send with its proxy requests.",
        parse=values.parse_secret,
        secret=True,
    )
    centrifugo_backend: str = setting(
        "http://127.0.0.1:9000", "URL at which Centrifugo reaches this service.", parse=values.parse_text
    )
    devices: Literal["allow", "replace", "refuse"] = setting(
        "allow",
        "Whether a user may be connected in several sessions at once: allow, replace (the new one ends the others) or "
        "refuse (no other, while one is connected); only sockets count.",
        parse=values.choice("allow", "replace", "refuse"),
    )
    host_policies: tuple[tuple[str, str], ...] = setting(
        (("ktv", "hosts"), ("chorus", "hosts"), ("voiceRoom", "hosts"), ("chatSalon", "hosts")),
        "Who must be gone before a room is hidden, by category: owner, or hosts for the owner and every anchor; other "
        "categories use owner.",
        parse=values.parse_policies,
    )

    language: Literal["zh", "en"] = setting(
        "zh",
        "Language of texts for people, where neither the request (Accept-Language) nor the user has chosen one.",
        starts="Features and texts",
        parse=values.choice("zh", "en"),
    )
    modules: tuple[str, ...] = setting(
        ("all",),
        "Enabled modules: a list, or all; -name leaves one out, as in all,-presence.",
        parse=values.parse_list,
    )
    event_log: str = setting(
        "",
        "Where events are also logged, as CloudEvents: file:///path/of/events.jsonl, redis:stream-name on the Redis of "
        "redis_url, or the URL of another Redis with ?stream=name; unset, nothing is logged.",
        parse=values.parse_text,
    )
    event_log_keep: int = setting(100_000, "About how many events a Redis stream keeps; older ones are dropped.")
    metrics: str = setting(
        "on",
        "Whether /metrics is served: on, off, or console: on the port of LIVEROOM_CONSOLE_PORT alone.",
        parse=values.parse_metrics,
    )
    maintenance: bool = setting(False, "Whether every call answers 120 with the notices below.")
    maintenance_zh: str = setting("系统维护中，请稍后再试。", "The maintenance notice in Chinese.")
    maintenance_en: str = setting("The service is under maintenance, please try again later.", "The same in English.")
    log_format: Literal["auto", "json", "console"] = setting(
        "auto",
        "Log format: json, console, or auto for console on a terminal and json elsewhere.",
        parse=values.choice("auto", "json", "console"),
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "Minimum level to log.", parse=values.choice("debug", "info", "warning", "error")
    )
    tencent_origin: str = setting("", "What is called in place of Tencent, for the tests of the project.", hidden=True)
    fault: str = setting(
        "",
        "Point at which the process kills itself, and behind a colon after how many seconds: for the tests of the "
        "project.",
        hidden=True,
    )

    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
