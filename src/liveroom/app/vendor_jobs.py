"""The maintenance jobs at vendors: what is compared with them, what is done there, and who has come back."""

from datetime import timedelta
from typing import Any, Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.usecases.media.returning import EVERY as RETURNED_EVERY
from liveroom.usecases.media.returning import ReturnedParticipants
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.vendors.queue import VendorQueue
from liveroom.usecases.vendors.task_queue import EVERY as REVIEW_EVERY
from liveroom.usecases.vendors.task_queue import TICK_EVERY, TICK_REVIEWED, VendorReview

VENDOR_JOBS: Final[tuple[MaintenanceJob[Any], ...]] = (
    MaintenanceJob(
        "vendor review",
        "compares groups at Tencent IM with rooms",
        VendorReview.run,
        Processes.ONE,
        REVIEW_EVERY,
        at_once=lambda review: review.run(TICK_EVERY, TICK_REVIEWED),
        on=VendorReview,
    ),
    MaintenanceJob(
        "vendors",
        "does what waits at Tencent IM, TRTC and LiveKit",
        PartitionWorkers[VendorQueue].run,
        Processes.ANY,
        timedelta(milliseconds=500),
        at_once=PartitionWorkers[VendorQueue].run_once,
        counted="at_vendors",
        on=PartitionWorkers[VendorQueue],
    ),
    MaintenanceJob(
        "returned participants",
        "asks LiveKit who is in rooms from which somebody was removed, and has those removed who are back",
        ReturnedParticipants.look,
        Processes.ONE,
        RETURNED_EVERY,
        on=ReturnedParticipants,
    ),
)
"""In the order in which calls and the tick run what is due."""
