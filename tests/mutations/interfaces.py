"""Defects of ``api``, ``http``, ``realtime`` and the live page: what strangers send, and what clients receive."""

from typing import Final

from tests.mutations.defect import Defect

_SRC: Final = "src/liveroom/"

INTERFACES: Final = (
    Defect(
        "call-of-another-page",
        "src/liveroom/api/operators/console.py",
        "if not (console.is_post and console.from_own_page):",
        "if not console.is_post:",
        "A page of another site calls with the cookie of an operator who visits it.",
        "tests/contract/test_operators.py::test_what_a_page_of_another_origin_sends_is_refused[embedded]",
    ),
    Defect(
        "code-that-counts-twice",
        "src/liveroom/keys/passwords.py",
        "if step > after and hmac",
        "if hmac",
        "Whoever sees a code of a second factor signs in with it once more.",
        "tests/contract/test_operators.py::test_with_a_second_factor_a_code_counts_once_and_recovery_codes_too[embedded]",
    ),
    Defect(
        "text-of-just-the-bound",
        f"{_SRC}api/parameters.py",
        'if len(text) > bounds.most:\n            raise BadRequest(f"at most {bounds.most} characters")',
        'if len(text) >= bounds.most:\n            raise BadRequest(f"at most {bounds.most} characters")',
        "A name of just the allowed length is refused.",
        "tests/api/test_parameters.py::test_a_text_is_at_most_as_long_as_declared_in_characters",
    ),
    Defect(
        "code-of-a-missing-password",
        f"{_SRC}api/codes.py",
        "errors.PasswordMissing: Code.RoomPasswordRequired,",
        "errors.PasswordMissing: Code.RoomPasswordInvalid,",
        "Apps say that a password is wrong before they have asked for one.",
        "tests/contract/test_room_options.py::test_a_room_with_a_password_lets_in_who_knows_it[embedded]",
    ),
    Defect(
        "data-of-a-refused-list",
        f"{_SRC}api/envelopes.py",
        '    if data is not Data.LIST:\n        body["data"]',
        '    if data is not Data.NOTHING:\n        body["data"]',
        "Android apps crash on an object where a list was refused.",
        "tests/api/test_dispatch.py::test_a_list_is_left_out_of_an_answer_that_nobody_foresaw",
    ),
    Defect(
        "headers-of-a-preflight",
        f"{_SRC}http/cors.py",
        "_SANE_HEADERS.fullmatch(asked)",
        "_SANE_HEADERS.match(asked)",
        "Whatever a stranger sends in a preflight is written into the headers of the answer.",
        "tests/http/test_asgi.py::test_a_preflight_repeats_nothing_but_names_of_headers",
    ),
    Defect(
        "believed-proxy",
        f"{_SRC}http/addresses.py",
        "for text in reversed(forwarded):",
        "for text in forwarded:",
        "Clients choose the address by which they are limited and banned.",
        "tests/http/test_asgi.py::test_the_address_is_what_a_trusted_proxy_saw",
    ),
    Defect(
        "body-over-query",
        f"{_SRC}http/decoding.py",
        "return sent | parse_form(query) if query else sent",
        "return parse_form(query) | sent if query else sent",
        "Shipped apps that send a parameter twice are understood otherwise than by the original.",
        "tests/http/test_decoding.py::test_the_query_wins_over_the_body",
    ),
    Defect(
        "open-tick",
        f"{_SRC}http/health.py",
        "return bool(key) and hmac.compare_digest(given.encode(), key.encode())",
        "return hmac.compare_digest(given.encode(), key.encode())",
        "Where no internal key is configured, strangers drive the background jobs.",
        "tests/http/test_health.py::test_without_a_configured_key_nobody_gives_the_tick",
    ),
    Defect(
        "epoch-of-a-publication",
        f"{_SRC}realtime/sequencer.py",
        "        elif epoch != self.epoch:\n            self._end(codes.RESUBSCRIBE)\n        elif item.offset <=",
        "        elif item.offset <=",
        "After the live store was lost, subscribers miss events without knowing it.",
        "tests/realtime/test_sequencer.py::test_another_epoch_makes_everybody_begin_again",
    ),
    Defect(
        "newest-connection-ends",
        f"{_SRC}realtime/clients.py",
        "for one in ones[:-most]:",
        "for one in ones[most:]:",
        "Whoever reconnects is sent away while their dead connections stay.",
        "tests/realtime/test_rpc.py::test_one_connection_too_many_ends_the_oldest_of_the_user[memory]",
    ),
    Defect(
        "session-that-ends-meanwhile",
        f"{_SRC}realtime/connecting.py",
        "        self.clients.register(client)  # before it is asked: a session that ends meanwhile is not missed\n"
        "        try:\n"
        "            entries = await self.sync.connect(client.socket, claims)\n",
        "        try:\n"
        "            entries = await self.sync.connect(client.socket, claims)\n"
        "            self.clients.register(client)\n",
        "A socket that connects while its session ends stays open.",
        "tests/realtime/test_connecting.py::test_a_session_that_ends_while_its_socket_connects_ends_the_connection[memory]",
    ),
    Defect(
        "list-of-another-tenant",
        f"{_SRC}realtime/list_channel.py",
        "        if feed.tenant != subscriber.tenant_name:\n            raise Refusal(codes.PERMISSION_DENIED)\n",
        "",
        "Users of one tenant listen to the room list of another.",
        "tests/realtime/test_list_channel.py::test_a_list_of_another_tenant_is_nobodys_and_other_names_are_no_lists[memory]",
    ),
    Defect(
        "following-batch",
        f"{_SRC}realtime/batch_writer.py",
        "connection.pending = batch.following",
        "connection.pending = None",
        "What is told while others are being written to is lost for those who were written to before.",
        "tests/realtime/test_broadcast_group.py::test_what_is_told_while_some_are_written_to_is_for_all_the_next_message",
    ),
    Defect(
        "case-of-the-host",
        f"{_SRC}realtime/handshake.py",
        'origin.partition("://")[2] == host.lower()',
        'origin.partition("://")[2] == host',
        "A page whose address was typed with a capital letter cannot open its socket.",
        "tests/realtime/test_handshake.py",
    ),
    Defect(
        "page-counts",
        "clients/js/src/room/list.ts",
        "if (room) next.set(id, { ...room, nnUsers, totalJoined });",
        "if (room) next.set(id, { ...room, nnUsers });",
        "The live page shows how many have joined a room as it was when the page was opened.",
        "clients/js/tests/list.test.ts",
    ),
    Defect(
        "page-likes-again",
        "clients/js/src/room/likes.ts",
        "        return await this.needs.send(count, batchId);",
        "        return await this.needs.send(count, attempt === 1 ? batchId : freshId());",
        "Likes whose answer was lost are counted twice.",
        "clients/js/tests/likes.test.ts",
    ),
)
