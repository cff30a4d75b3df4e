"""The names by which the tests' Slack knows emoji: a choice of its own, aliases, and skin tones."""

from __future__ import annotations

from collections.abc import Collection

ALIASES = {
    "thumbsup": "+1",
    "thumbsdown": "-1",
    "thinking": "thinking_face",
    "satisfied": "laughing",
    "poop": "hankey",
    "shit": "hankey",
    "punch": "facepunch",
    "woman-gesturing-ok": "ok_woman",
    "knife": "hocho",
    "telephone": "phone",
    "star_struck": "star-struck",
    "collision": "boom",
}
_SKINNED = set(
    "+1 -1 clap raised_hands pray muscle ok_hand wave point_up point_up_2 point_down v fist facepunch hand"
    " raised_hand ok_woman no_good handshake saluting_face heart_hands writing_hand".split()
)
_NAMES = _SKINNED | set(
    "heart orange_heart yellow_heart green_heart blue_heart purple_heart brown_heart black_heart white_heart"
    " sparkling_heart heartpulse revolving_hearts two_hearts heart_eyes smiling_face_with_3_hearts star-struck fire"
    " tada partying_face trophy first_place_medal 100 star star2 rocket exploding_head heart_on_fire gem"
    " white_check_mark heavy_check_mark ballot_box_with_check bulb brain open_mouth astonished eyes pushpin bookmark"
    " smile smiley grinning grin blush slightly_smiling_face nerd_face sunglasses sparkles heavy_plus_sign ok boom"
    " heart_eyes_cat dart cherry_blossom white_flower o sleeping yawning_face confused unamused face_with_rolling_eyes"
    " expressionless neutral_face x no_entry_sign heavy_minus_sign zzz disappointed heavy_multiplication_x grimacing"
    " face_with_raised_eyebrow broken_heart wastebasket hankey face_vomiting nauseated_face rage"
    " face_with_symbols_on_mouth angry joy laughing thinking_face cry sob zero one two three four five six seven eight"
    " nine keycap_ten hash newspaper page_facing_up books book memo mag warning hourglass_flowing_sand question"
    " exclamation coffee sushi rice_ball jp us robot_face cat dog"
    " rolling_on_the_floor_laughing sweat_smile wink yum hugging_face shushing_face smirk relieved pensive sleepy mask"
    " pleading_face scream flushed fearful cold_sweat sweat triumph skull ghost see_no_evil crossed_fingers"
    " bow shrug face_palm crown mortar_board umbrella rainbow sunny cloud zap snowflake ocean apple beer beers tea cake"
    " birthday gift balloon confetti_ball moneybag chart_with_upwards_trend bar_chart date paperclip pencil2"
    " bookmark_tabs mag_right key lock unlock bell mega loudspeaker speech_balloon thought_balloon hourglass"
    " computer microscope telescope test_tube dna wrench hammer gear bomb checkered_flag no_entry grey_question"
    " red_circle large_green_circle large_blue_circle recycle repeat arrows_counterclockwise link phone hocho".split()
)


def canonical(name: str, custom: Collection[str] = ()) -> str | None:
    """The name as Slack stores it, with its skin tone; None for one that it lacks."""
    base, _, tone = name.strip(":").partition("::")
    base = ALIASES.get(base, base)
    if base not in _NAMES and base not in custom:
        return None
    if not tone:
        return base
    toned = base in _SKINNED and tone in {f"skin-tone-{number}" for number in range(2, 7)}
    return f"{base}::{tone}" if toned else None
