"""What the operator has decided: the settings with what follows from others filled in."""

from dataclasses import dataclass
from datetime import timedelta

from liveroom.settings import simulated, values
from liveroom.settings.declared_gifts import OF_GIFTS
from liveroom.settings.declared_music import DeclaredMusic
from liveroom.settings.declaring import DisplayedSetting, abouts


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings(DeclaredMusic):
    """What the operator decided, complete and immutable; `load_settings` is how a process gets it."""

    def __post_init__(self) -> None:
        """Fill in what follows from other settings: nothing is left `auto` or relative but the form of the log."""
        put = object.__setattr__
        put(self, "data_dir", self.data_dir.absolute())
        if self.https and "host" not in self.sources:
            put(self, "host", "0.0.0.0")  # noqa: S104 - phones are to reach it
        if self.serverless:
            self._fill_in("host", "0.0.0.0")  # noqa: S104 - the platform's gateway is another machine
            self._fill_in("shutdown_grace", timedelta(seconds=1))
            self._fill_in("migrate", True)  # no command can be run there
        if not self.database_url:
            put(self, "database_url", f"sqlite:///{self.data_dir}/liveroom.db")
        if self.simulator:
            self._simulate(self.simulator.rstrip("/"))
        if self.im == "auto":
            complete = self.trtc_sdk_app_id and self.trtc_secret and self.tim_administrator
            put(self, "im", "tencent" if complete else "none")
        if self.adults == "auto":
            put(self, "adults", "all" if self.gifts == "test" else "said")
        self._choose_senders()
        if self.uploads == "auto":
            unset = "none" if self.in_production else "folder"
            put(self, "uploads", "s3" if self.uploads_s3_bucket else unset)

    def _choose_senders(self) -> None:
        put = object.__setattr__
        unsent = "none" if self.in_production else "log"
        if self.sms == "auto":
            put(self, "sms", "tencent" if self.sms_sdk_app_id else unsent)
        if self.email == "auto":
            put(self, "email", "smtp" if self.smtp_url else unsent)

    def _simulate(self, origin: str) -> None:
        """Put the simulator in Tencent's place."""
        streams = simulated.css_keys() if self.streams == "css" else {}
        found = {
            **simulated.keys(origin),
            **streams,
            **{k: v for k, v in simulated.CHOICES.items() if k not in self.sources},
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "sources", {**self.sources, **dict.fromkeys(found, "simulator")})

    def _fill_in(self, name: str, value: object) -> None:
        """Give a setting that nobody has set another default."""
        if name not in self.sources:
            object.__setattr__(self, name, value)

    @property
    def on_mysql(self) -> bool:
        return self.database_url.startswith("mysql://")

    @property
    def takes_streams(self) -> bool:
        """Say whether there is a server of streams: one of all tenants, or of some."""
        return self.streams != "off" or self.streams_servers is not None

    @property
    def in_production(self) -> bool:
        """Say whether people are served: whoever sets up MySQL or Redis does not try the service out."""
        return self.on_mysql or self.redis_url is not None

    def offers(self, module: str) -> bool:
        """Say whether the operator left a module on; those of gifts and envelopes are off until they are turned on,
        uploads where no files are kept, COS without a bucket, streams without a server, and music without songs.
        """
        if (module == "uploads" and self.uploads == "none") or (module == "cos" and not self.cos_bucket):
            return False
        if (module == "streams" and not self.takes_streams) or (module == "recordings" and self.recordings == "off"):
            return False
        if module == "music" and self.music == "off":
            return False
        if (module in OF_GIFTS and self.gifts == "off") or (module == "envelopes" and not self._has_envelopes):
            return False
        return f"-{module}" not in self.modules and ("all" in self.modules or module in self.modules)

    @property
    def _has_envelopes(self) -> bool:
        """Say whether there are red envelopes: they hold coins, which an operator's own wallet keeps elsewhere."""
        return self.envelopes != "off" and self.wallet != "operator"

    def redacted(self) -> list[DisplayedSetting]:
        """Return every setting with its value as text and where it came from, secrets and passwords as stars."""
        shown, group = [], ""
        for name, about in abouts(Settings).items():
            group = about.starts or group
            if about.hidden:
                continue
            value, source = values.show(getattr(self, name)), self.sources.get(name, "default")
            shown.append(DisplayedSetting(name, value, source, about.doc, about.shown_default, group))
        return shown

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{shown.name}={shown.value!r}' for shown in self.redacted())})"
