"""What is measured of votes is what is written; and it can be measured."""

import pytest

from tests.bench.pacer import Paced
from tests.bench.votes import PollFound, VotesFound, VotesPlan, main, votes_table


def test_votes_are_told_with_their_targets() -> None:
    poll = PollFound(Paced(2.5, {0: 5_000}, 0.012, 0.048, 0.2, 3), 5_000, 12)
    text = votes_table(VotesFound(VotesPlan(), [poll] * 4, {"Redis": 0.02}))
    assert "| 20,000 votes in 10 s, 5,000 sockets, 2 workers | measured | target |" in text
    assert "| votes that count | 20,000 | 20,000 |" in text
    assert "once and in order | 4.8 | 5 |" in text
    assert "| 99 of a hundred | 48 |  |" in text


@pytest.mark.long
@pytest.mark.services
def test_votes_are_measured_in_brief(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--brief"])
    assert "| votes that count | 400 | 400 |" in capsys.readouterr().out
