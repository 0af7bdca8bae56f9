"""The tests' own servers: no two of them are given one port, in whichever worker."""

import pytest

from tests.servers import free_ports


def test_a_port_is_handed_out_once() -> None:
    ports = [port for _ in range(500) for port in free_ports(1)]
    assert len(set(ports)) == 500


def test_two_workers_draw_from_different_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "2")
    for worker in ("gw0", "gw1"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        drawn.append({port % 2 for port in free_ports(50)})
    assert drawn == [{0}, {1}]
