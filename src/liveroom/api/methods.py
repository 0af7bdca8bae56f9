"""All methods of this release: importing this module declares them. The reference lists those of a file together."""

from liveroom.api import installation, other
from liveroom.api.accounts import admin as admin_users
from liveroom.api.accounts import admin_lookups as admin_user_lookups
from liveroom.api.accounts import admin_tokens, auth_users, code_login, exports, oauth
from liveroom.api.activities import admin as admin_activities
from liveroom.api.activities import admin_questions, goals, polls, predictions, questions, raids
from liveroom.api.activities import methods as activities
from liveroom.api.agencies import admin as admin_agencies
from liveroom.api.agencies import methods as agencies
from liveroom.api.battles import admin as admin_battles
from liveroom.api.battles import methods as battles
from liveroom.api.connections import admin as admin_connections
from liveroom.api.connections import methods as connections
from liveroom.api.declare import METHODS
from liveroom.api.drift import admin as admin_drift
from liveroom.api.follows import blocks
from liveroom.api.follows import methods as follows
from liveroom.api.gifts import admin as admin_gifts
from liveroom.api.gifts import admin_envelopes, admin_sent, envelopes
from liveroom.api.gifts import methods as gifts
from liveroom.api.gifts import ranking as gift_ranking
from liveroom.api.gifts import sending as gift_sending
from liveroom.api.hooks import admin as admin_hooks
from liveroom.api.ledger import admin as admin_money
from liveroom.api.ledger import caps, charges, minors, payouts, receipts, wallet
from liveroom.api.media import methods as rtc
from liveroom.api.messages import admin as admin_notices
from liveroom.api.messages import admin_talk
from liveroom.api.messages import methods as messages
from liveroom.api.messages import words as admin_words
from liveroom.api.moderation import admin as admin_moderation
from liveroom.api.moderation import admin_audit, bans, reasons, reports, statements, wall, watching
from liveroom.api.moderation import methods as moderation
from liveroom.api.moderation import queue as report_queue
from liveroom.api.music import catalogue as song_catalogue
from liveroom.api.music import playing as song_playing
from liveroom.api.music import queue as song_queue
from liveroom.api.operators import admin as admin_operators
from liveroom.api.operators import methods as operators
from liveroom.api.operators import overview, socket_token
from liveroom.api.presence import admin as admin_presence
from liveroom.api.presence import methods as presence
from liveroom.api.recordings import admin as admin_recordings
from liveroom.api.recordings import methods as recordings
from liveroom.api.recordings import replays
from liveroom.api.rooms import admin as admin_rooms
from liveroom.api.rooms import admin_actions as admin_room_actions
from liveroom.api.rooms import admin_lookups as admin_room_lookups
from liveroom.api.rooms import admin_timeline, likes, reminders
from liveroom.api.rooms import metadata as room_metadata
from liveroom.api.rooms import methods as rooms
from liveroom.api.rooms import options as room_options
from liveroom.api.rooms import placements as room_placements
from liveroom.api.rooms import roles as rooms_roles
from liveroom.api.rooms import schedules as room_schedules
from liveroom.api.rooms import search as room_search
from liveroom.api.seats import methods as seats
from liveroom.api.settlement import admin as admin_settlement
from liveroom.api.settlement import methods as settlement
from liveroom.api.statistics import admin as admin_statistics
from liveroom.api.statistics import exports as statistics_exports
from liveroom.api.statistics import methods as statistics
from liveroom.api.statistics import series as statistics_series
from liveroom.api.streams import admin as admin_streams
from liveroom.api.streams import methods as streams
from liveroom.api.tenants import admin as admin_tenants
from liveroom.api.tenants import admin_keys
from liveroom.api.uploads import admin as admin_uploads
from liveroom.api.uploads import cos
from liveroom.api.uploads import methods as uploads
from liveroom.api.webhooks import admin as admin_webhooks

__all__ = ["METHODS"]

FILES = (
    admin_users,
    admin_user_lookups,
    admin_tokens,
    auth_users,
    code_login,
    oauth,
    exports,
    rtc,
    admin_notices,
    admin_words,
    admin_talk,
    messages,
    moderation,
    admin_moderation,
    reports,
    report_queue,
    reasons,
    statements,
    bans,
    wall,
    watching,
    admin_audit,
    operators,
    admin_operators,
    socket_token,
    overview,
    admin_presence,
    admin_drift,
    presence,
    follows,
    blocks,
    admin_rooms,
    admin_room_lookups,
    admin_timeline,
    admin_room_actions,
    room_placements,
    likes,
    room_metadata,
    rooms,
    room_options,
    rooms_roles,
    room_schedules,
    reminders,
    room_search,
    seats,
    wallet,
    receipts,
    caps,
    minors,
    payouts,
    charges,
    admin_money,
    uploads,
    admin_uploads,
    admin_gifts,
    gifts,
    gift_sending,
    gift_ranking,
    admin_sent,
    agencies,
    admin_agencies,
    settlement,
    admin_settlement,
    envelopes,
    admin_envelopes,
    recordings,
    replays,
    admin_recordings,
    connections,
    admin_connections,
    streams,
    admin_streams,
    battles,
    admin_battles,
    activities,
    admin_activities,
    raids,
    goals,
    polls,
    predictions,
    questions,
    admin_questions,
    song_queue,
    song_playing,
    song_catalogue,
    cos,
    admin_webhooks,
    admin_statistics,
    statistics,
    statistics_exports,
    statistics_series,
    admin_hooks,
    admin_keys,
    admin_tenants,
    installation,
    other,
)
"""In this order the reference has them, whatever was imported first."""

METHODS.arrange(file.__name__ for file in FILES)
