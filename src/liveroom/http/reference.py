"""The reference page: every method on offer on one page that needs nothing but itself, without a script."""

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

DEFAULT_ADDRESS: Final = "http://127.0.0.1:9000"

_MODULES_ZH: Final = {
    "auth_users": "账号",
    "oauth": "注册与签名登录",
    "rooms": "房间",
    "presence": "在线状态",
    "events": "统计",
    "gslb": "接入",
    "rtc": "音视频",
}
_CALLING: Final = """
<section id="calling"><h2>Calling <span class="zh" lang="zh">调用方式</span></h2>
<p>Every method accepts <code>GET</code> and <code>POST</code>, with parameters in the query, a form, JSON, or several
of these (the query wins). The caller is identified by the login token, in <code>Authorization: Bearer</code> or as the
parameter <code>token</code> with <code>userId</code> (or <code>apaasUserId</code>). Your own backend sends a server key
in that header (never as a parameter) and the user to act for as <code>actAs</code>; the key needs the scope shown with
each method (<code>act:rooms</code>).</p>
<p>The tenant of a call is that of its token or key. A call without either belongs to the tenant named by
<code>apaasAppId</code>, else to the one bound to the host name, else to the default tenant. Beside a token or key,
<code>apaasAppId</code> may be left out; another tenant's name is refused (204).</p>
<p lang="zh">所有接口都支持 GET 与 POST；参数可放在查询串、表单或 JSON 中，同名时以查询串为准。登录后的调用带
<code>Authorization: Bearer</code>，或参数 <code>token</code> 与 <code>userId</code>。您自己的服务器
可在同一请求头中使用服务端密钥，并以 <code>actAs</code> 指明代哪个用户调用；所需的权限范围标在各接口旁
（如 <code>act:rooms</code>）。</p>
<p lang="zh">调用所属的租户由令牌或密钥决定；注册、登录等无需令牌的接口由 <code>apaasAppId</code> 指定，未指定时按域名，
否则为默认租户。</p>
<p>Every answer is HTTP 200 and a JSON object: <code>errorCode</code> (0, or an error), <code>errorMessage</code> (for
people, by <code>Accept-Language</code>), <code>data</code>, <code>version</code>, <code>requestId</code> (the
request's <code>X-Request-ID</code>, or a generated one); an error also has <code>codeStr</code>. <code>warnings</code>
lists parameters that the method does not have. Times are UTC, <code>YYYY-MM-DD HH:mm:ss</code>.</p></section>
"""


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
    registry: Registry, *, offers: Callable[[Method], bool] | None = None, events: Sequence[type[Shape]] = ()
) -> str:
    """Return the page for the methods on offer; ``events``: those of a room beside our own."""
    modules = by_module(describe(registry, offers))
    chapters = "".join(_chapter(module, items) for module, items in modules.items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>liveroom · API reference · 接口文档</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_style()}</style></head>
<body><div class="frame">{_navigation(modules)}<main>
<header><h1>API reference</h1>
<p class="lead">The methods of this live-room service: accounts, rooms, members, who is online.</p>
<p class="lead" lang="zh">直播间服务接口文档：账号、房间、成员与在线状态。</p>
<p class="version">liveroom {html.escape(__version__)} · <a href="openapi.json">OpenAPI 3.1</a></p></header>
{_CALLING}{chapters}{events_chapter(events)}{_codes_chapter()}
</main></div></body></html>
"""


def _navigation(modules: dict[str, list[Described]]) -> str:
    parts = "".join(
        f"<section><h2>{html.escape(module)}</h2><ul>"
        + "".join(f'<li><a href="#{item.name}">{html.escape(_short(item))}</a></li>' for item in items)
        + "</ul></section>"
        for module, items in modules.items()
    )
    general = (
        '<ul><li><a href="#calling">Calling</a></li><li><a href="#events-of-channels">Events</a></li>'
        '<li><a href="#codes">Codes</a></li></ul>'
    )
    return (
        '<nav aria-label="Methods"><a class="brand" href="#calling">live<span>room</span></a>'
        f'<div class="contents"><section><h2>General</h2>{general}</section>{parts}</div></nav>'
    )


def _short(item: Described) -> str:
    return item.method.path.rpartition("/")[2]


def _chapter(module: str, items: Iterable[Described]) -> str:
    chinese = _MODULES_ZH.get(module, "")
    title = f'{html.escape(module)} <span class="zh" lang="zh">{chinese}</span>' if chinese else html.escape(module)
    return f'<section id="module-{module}"><h2>{title}</h2>{"".join(_article(item) for item in items)}</section>'


def _article(item: Described) -> str:
    notes = f'<p class="notes">{_marked(item.notes)}</p>' if item.notes else ""
    codes = "".join(f"<li>{_code_line(code)}</li>" for code in item.codes)
    return f"""<article id="{item.name}">
<h3><a href="#{item.name}"><span class="verb">GET POST</span><code>{item.path}</code></a></h3>
<p><span class="who">{item.who}</span>{_scope(item)}</p>
<p>{_marked(item.method.summary)}</p>
{_table(item.shown)}{notes}
<h4>Example</h4><pre><code>{html.escape(curl(item))}</code></pre>
<details><summary>Answer</summary><pre><code>{html.escape(pretty(item.reply_example))}</code></pre></details>
{f'<h4>Codes</h4><ul class="codes">{codes}</ul>' if codes else ""}
</article>
"""


def _table(parameters: Iterable[Parameter]) -> str:
    rows = "".join(
        f"<tr><td><code>{item.name}</code>{_needed(item)}</td><td>{html.escape(item.bounds)}</td></tr>"
        for item in parameters
    )
    return f'<div class="table"><table><tr><th>parameter</th><th>what</th></tr>{rows}</table></div>' if rows else ""


def _needed(item: Parameter) -> str:
    return ' <span class="needed">required</span>' if item.required else ""


def _code_line(code: Code) -> str:
    return f"<code>{int(code)}</code> {code.name}: {html.escape(sentence(code, Language.EN))}"


def _codes_chapter() -> str:
    rows = "".join(
        f"<tr><td><code>{int(code)}</code></td><td>{code.name}</td><td>{html.escape(sentence(code, Language.EN))}</td>"
        f'<td lang="zh">{html.escape(sentence(code, Language.ZH))}</td></tr>'
        for code in Code
    )
    always = ", ".join(f"<code>{int(code)}</code>" for code in ANY_CALL)
    return f"""<section id="codes"><h2>Codes <span class="zh" lang="zh">错误码</span></h2>
<p>Besides its own codes, any call may answer {always}.</p>
<div class="table"><table>
<tr><th>code</th><th>codeStr</th><th>message</th><th lang="zh">消息</th></tr>{rows}</table></div></section>"""


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
