"""The reference page: every method on offer on one page that needs nothing but itself, without a script.

It is there in Chinese and in English, each under an address of its own.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Final

from liveroom import __version__
from liveroom.api.codes import Code
from liveroom.api.declare import IN_CONSOLE, Method, Registry, Who
from liveroom.api.sentences import sentence
from liveroom.api.shapes import Shape
from liveroom.domain.tenants.model import Language
from liveroom.http.described import ANY_CALL, Described, Parameter, by_module, describe
from liveroom.http.events import events_chapter
from liveroom.http.samples import pretty
from liveroom.translations import says

DEFAULT_ADDRESS: Final = "http://127.0.0.1:9000"
_TAGS: Final = {Language.EN: "en", Language.ZH: "zh-CN"}

_MODULES_ZH: Final = {
    "auth_users": "账号",
    "oauth": "注册与签名登录",
    "rooms": "房间",
    "presence": "在线状态",
    "events": "统计",
    "gslb": "接入",
    "rtc": "音视频",
}
_CALLING: Final = {
    Language.EN: """
<p>Every method accepts <code>GET</code> and <code>POST</code>, with parameters in the query, a form, JSON, or several
of these (the query wins). The caller is identified by the login token, in <code>Authorization: Bearer</code> or as the
parameter <code>token</code> with <code>userId</code> (or <code>apaasUserId</code>). Your own backend sends a server key
in that header (never as a parameter) and the user to act for as <code>actAs</code>; the key needs the scope shown with
each method (<code>act:rooms</code>).</p>
<p>The tenant of a call is that of its token or key. A call without either belongs to the tenant named by
<code>apaasAppId</code>, else to the one bound to the host name, else to the default tenant. Beside a token or key,
<code>apaasAppId</code> may be left out; another tenant's name is refused (204).</p>
<p>Every answer is HTTP 200 and a JSON object: <code>errorCode</code> (0, or an error), <code>errorMessage</code> (for
people, by <code>Accept-Language</code>), <code>data</code>, <code>version</code>, <code>requestId</code> (the
request's <code>X-Request-ID</code>, or a generated one); an error also has <code>codeStr</code>. <code>warnings</code>
lists parameters that the method does not have. Times are UTC, <code>YYYY-MM-DD HH:mm:ss</code>.</p>""",
    Language.ZH: """
<p>所有方法都支持 <code>GET</code> 与 <code>POST</code>；参数可放在查询串、表单或 JSON 中，
也可同时用几种（以查询串为准）。调用者由登录令牌确定：放在 <code>Authorization: Bearer</code> 中，
或作为参数 <code>token</code> 并附 <code>userId</code>（或 <code>apaasUserId</code>）。
您自己的服务器在该请求头中使用服务端密钥（切勿作为参数），并以 <code>actAs</code>
指明代哪个用户调用；密钥须有各方法注明的权限范围（如 <code>act:rooms</code>）。</p>
<p>调用所属的租户由令牌或密钥决定。两者都没有的调用由 <code>apaasAppId</code> 指定，未指定时按域名，否则为默认租户。
有令牌或密钥时可以不给 <code>apaasAppId</code>；给出别的租户则拒绝（204）。</p>
<p>每个应答都是 HTTP 200 和一个 JSON 对象：<code>errorCode</code>（0 或错误码）、<code>errorMessage</code>
（给人看，语言依 <code>Accept-Language</code>）、<code>data</code>、<code>version</code>、<code>requestId</code>（请求的
<code>X-Request-ID</code>，或自动生成）；出错时另有 <code>codeStr</code>。<code>warnings</code> 列出该方法没有的参数。
时间为 UTC，<code>YYYY-MM-DD HH:mm:ss</code>。</p>""",
}
_LEAD: Final = {
    Language.EN: "The methods of this live-room service: accounts, rooms, members, who is online.",
    Language.ZH: "直播间服务接口文档：账号、房间、成员与在线状态。",
}
_WORDS_ZH: Final = {
    "API reference": "接口参考",
    "Methods": "方法",
    "General": "总则",
    "Calling": "调用方式",
    "Events": "事件",
    "Codes": "返回码",
    "Example": "示例",
    "Answer": "应答",
    "parameter": "参数",
    "what": "说明",
    "required": "必填",
    "code": "返回码",
    "message": "消息",
    "guide": "文档",
}
_ANY_CALL: Final = {
    Language.EN: "Besides its own codes, any call may answer {codes}.",
    Language.ZH: "除各自的返回码外，任何调用都可能返回 {codes}。",
}


@cache
def _style() -> str:
    return (resources.files("liveroom.http") / "reference.css").read_text("utf-8")


def content_security_policy() -> str:
    """Return what the page needs, which is its own style."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def make_page(
    registry: Registry,
    *,
    offers: Callable[[Method], bool] | None = None,
    events: Sequence[type[Shape]] = (),
    language: Language = Language.EN,
    up: str = "",
) -> str:
    """Return the page for the methods on offer; ``events``: those of a room beside our own.

    ``up``: the way from the page's address to the service's root.
    """
    modules = by_module(describe(registry, offers))
    chapters = "".join(_chapter(module, items, language) for module, items in modules.items())
    other, name = (Language.ZH, "中文") if language is Language.EN else (Language.EN, "English")
    title = _word("API reference", language)
    return f"""<!doctype html>
<html lang="{_TAGS[language]}"><head><meta charset="utf-8"><title>liveroom · {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_style()}</style></head>
<body><div class="frame">{_navigation(modules, language)}<main>
<header><h1>{title}</h1>
<p class="lead">{_LEAD[language]}</p>
<p class="version">liveroom {html.escape(__version__)} · <a href="{up}openapi.json">OpenAPI 3.1</a>
· <a href="{up}guide/{language.value}/api">{_word("guide", language)}</a>
· <a href="{up}docs/{other.value}" lang="{_TAGS[other]}">{name}</a></p></header>
<section id="calling"><h2>{_word("Calling", language)}</h2>{_CALLING[language]}</section>
{chapters}{events_chapter(events, language)}{_codes_chapter(language)}
</main></div></body></html>
"""


def _word(english: str, language: Language) -> str:
    return _WORDS_ZH[english] if language is Language.ZH else english


def _navigation(modules: dict[str, list[Described]], language: Language) -> str:
    parts = "".join(
        f"<section><h2>{html.escape(module)}</h2><ul>"
        + "".join(f'<li><a href="#{item.name}">{html.escape(_short(item))}</a></li>' for item in items)
        + "</ul></section>"
        for module, items in modules.items()
    )
    places = {"calling": "Calling", "events-of-channels": "Events", "codes": "Codes"}
    general = "".join(f'<li><a href="#{anchor}">{_word(word, language)}</a></li>' for anchor, word in places.items())
    return (
        f'<nav aria-label="{_word("Methods", language)}"><a class="brand" href="#calling">live<span>room</span></a>'
        f'<div class="contents"><section><h2>{_word("General", language)}</h2><ul>{general}</ul></section>{parts}'
        "</div></nav>"
    )


def _short(item: Described) -> str:
    return item.method.path.rpartition("/")[2]


def _chapter(module: str, items: Iterable[Described], language: Language) -> str:
    chinese = _MODULES_ZH.get(module, "") if language is Language.ZH else ""
    title = f"{html.escape(module)} {chinese}".strip()
    articles = "".join(_article(item, language) for item in items)
    return f'<section id="module-{module}"><h2>{title}</h2>{articles}</section>'


def _article(item: Described, language: Language) -> str:
    say = says(language)
    notes = f'<p class="notes">{_marked(say(item.notes))}</p>' if item.notes else ""
    codes = "".join(f"<li>{_code_line(code, language)}</li>" for code in item.codes)
    answer = html.escape(pretty(item.reply_example))
    return f"""<article id="{item.name}">
<h3><a href="#{item.name}"><span class="verb">GET POST</span><code>{item.path}</code></a></h3>
<p><span class="who">{say(item.who)}</span>{_scope(item)}</p>
<p>{_marked(say(item.method.summary))}</p>
{_table(item.shown, language)}{notes}
<h4>{_word("Example", language)}</h4><pre><code>{html.escape(curl(item))}</code></pre>
<details><summary>{_word("Answer", language)}</summary><pre><code>{answer}</code></pre></details>
{f'<h4>{_word("Codes", language)}</h4><ul class="codes">{codes}</ul>' if codes else ""}
</article>
"""


def _table(parameters: Iterable[Parameter], language: Language) -> str:
    needed = f' <span class="needed">{_word("required", language)}</span>'
    rows = "".join(
        f"<tr><td><code>{item.name}</code>{needed if item.required else ''}</td>"
        f"<td>{html.escape(item.bounds_in(says(language)))}</td></tr>"
        for item in parameters
    )
    heads = f"<tr><th>{_word('parameter', language)}</th><th>{_word('what', language)}</th></tr>"
    return f'<div class="table"><table>{heads}{rows}</table></div>' if rows else ""


def _code_line(code: Code, language: Language) -> str:
    return f"<code>{int(code)}</code> {code.name}: {html.escape(sentence(code, language))}"


def _codes_chapter(language: Language) -> str:
    rows = "".join(
        f"<tr><td><code>{int(code)}</code></td><td>{code.name}</td>"
        f"<td>{html.escape(sentence(code, language))}</td></tr>"
        for code in Code
    )
    always = ", ".join(f"<code>{int(code)}</code>" for code in ANY_CALL)
    return f"""<section id="codes"><h2>{_word("Codes", language)}</h2>
<p>{_ANY_CALL[language].format(codes=always)}</p>
<div class="table"><table>
<tr><th>{_word("code", language)}</th><th>codeStr</th><th>{_word("message", language)}</th></tr>
{rows}</table></div></section>"""


def _scope(item: Described) -> str:
    return "" if item.method.who in IN_CONSOLE else f" <code>{item.method.scope}</code>"


def _marked(text: str) -> str:
    """Return a docstring's sentences as HTML."""
    return re.sub(r"``(.+?)``", r"<code>\1</code>", html.escape(text, quote=False))


def curl(item: Described, address: str = DEFAULT_ADDRESS) -> str:
    """Return a command that calls the method."""
    lines = [f"curl {address}{item.path}"]
    if item.method.who in IN_CONSOLE:
        lines.append("-b cookies -c cookies -X POST -H 'X-Liveroom-Console: 1'")
    elif item.method.who is not Who.ANYONE:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if item.example:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(item.example, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
