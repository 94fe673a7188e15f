"""How manifests, what stands in the way of a disposal, and how something was disposed of are said to people (RET-5, RET-8)."""

from __future__ import annotations

from retention.disposals.certificates import METHOD_WORDS as METHODS
from retention.disposals.rules import Obstacle

DISPOSAL_STATES = {
    "disposal_proposed": ("Waits for a second person", "blue"),
    "disposal_approved": ("Waiting time", "teal"),
    "disposal_instructed": ("Case system told", "yellow"),
    "disposal_late": ("Not confirmed in time", "red"),
    "disposal_done": ("Done", "green"),
    "disposal_called_off": ("Called off", "grey"),
    "disposal_item_frozen": ("On the manifest", "blue"),
    "disposal_item_instructed": ("Case system told", "yellow"),
    "disposal_item_left_out": ("Left out", "orange"),
    "disposal_item_called_off": ("Called off", "grey"),
    "disposal_item_confirmed": ("Disposed of", "green"),
}
"""Where a manifest stands, and each thing on it, with the colour of its tag."""

OBSTACLES = {
    Obstacle.TOO_EARLY: "its minimum period is not over",
    Obstacle.NOT_REVIEWED: "its last review did not decide on disposal",
    Obstacle.HELD: "a hold is on it",
    Obstacle.REVIEW_OPEN: "a review of it is open",
    Obstacle.COMPLAINT_OPEN: "a complaint about it is open",
    Obstacle.BREACH_OPEN: "a breach about it is open",
    Obstacle.REUSE_OPEN: "somebody waits for an answer whether to use it again",
    Obstacle.CHANGED: "something was told of it since it was agreed to",
    Obstacle.NOT_KEPT: "it is not kept any more",
    Obstacle.ON_A_MANIFEST: "it is on a manifest already",
}
"""Why a record is not disposed of, as the end of a sentence."""

__all__ = ["DISPOSAL_STATES", "METHODS", "OBSTACLES"]
