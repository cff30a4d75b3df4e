"""Map short names of emoji to Unicode and back. Pure.

Slack and other chat platforms name reactions this way (https://github.com/iamcal/emoji-data,
https://docs.slack.dev/reference/events/reaction_added). Every emoji with a value in `bot.taste.emoji` has its name
here. Any other name is kept as people type it (`:shipit:`), so that a channel can give it a value of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.taste.emoji import normalised

_NAMES = """
❤ heart  🧡 orange_heart  💛 yellow_heart  💚 green_heart  💙 blue_heart  💜 purple_heart  🤎 brown_heart
🖤 black_heart  🤍 white_heart  💖 sparkling_heart  💗 heartpulse  💕 two_hearts  💞 revolving_hearts
😍 heart_eyes  🥰 smiling_face_with_3_hearts  🤩 star-struck  🔥 fire  🎉 tada  🥳 partying_face  🏆 trophy
🥇 first_place_medal  💯 100  ⭐ star  🌟 star2  🚀 rocket  🤯 exploding_head  ❤‍🔥 heart_on_fire  💎 gem
👍 +1  👏 clap  🙌 raised_hands  🙏 pray  💪 muscle  👌 ok_hand  ✅ white_check_mark  ✔ heavy_check_mark
💡 bulb  🧠 brain  😮 open_mouth  😲 astonished  👀 eyes  📌 pushpin  🔖 bookmark  😄 smile  😃 smiley
😀 grinning  😁 grin  😊 blush  🙂 slightly_smiling_face  🤓 nerd_face  😎 sunglasses  ✨ sparkles
🫶 heart_hands  🤝 handshake  ➕ heavy_plus_sign  🆗 ok  👆 point_up_2  🙆 ok_woman  💥 boom
😻 heart_eyes_cat  🎯 dart  🌸 cherry_blossom  💮 white_flower  ⭕ o  👎 -1  😴 sleeping  🥱 yawning_face
😕 confused  😒 unamused  🙄 face_with_rolling_eyes  😑 expressionless  😐 neutral_face  ❌ x
🚫 no_entry_sign  ➖ heavy_minus_sign  💤 zzz  😞 disappointed  🙅 no_good  ✖ heavy_multiplication_x
😬 grimacing  🤨 face_with_raised_eyebrow  💔 broken_heart  🗑 wastebasket  💩 hankey  🤮 face_vomiting
🤢 nauseated_face  😡 rage  🤬 face_with_symbols_on_mouth  1⃣ one  2⃣ two  3⃣ three  4⃣ four  5⃣ five  6⃣ six
7⃣ seven  8⃣ eight  9⃣ nine  🔟 keycap_ten  0⃣ zero  😂 joy  🤣 rolling_on_the_floor_laughing  😅 sweat_smile
😆 laughing  😉 wink  😋 yum  😘 kissing_heart  🤗 hugging_face  🤔 thinking_face  🤫 shushing_face
🤭 face_with_hand_over_mouth  😏 smirk  😌 relieved  😔 pensive  😪 sleepy  😷 mask  🥺 pleading_face  😢 cry
😭 sob  😱 scream  😳 flushed  😨 fearful  😰 cold_sweat  😥 disappointed_relieved  😓 sweat  😤 triumph
😠 angry  😈 smiling_imp  💀 skull  👻 ghost  🤖 robot_face  🙈 see_no_evil  🙉 hear_no_evil  🙊 speak_no_evil
👋 wave  🤚 raised_back_of_hand  ✋ hand  🖖 spock-hand  ✌ v  🤞 crossed_fingers  🤟 i_love_you_hand_sign
🤘 the_horns  🤙 call_me_hand  👈 point_left  👉 point_right  👇 point_down  ☝ point_up  ✊ fist  👊 facepunch
🫡 saluting_face  🙇 bow  🙋 raising_hand  🤷 shrug  🤦 face_palm  💃 dancer  🕺 man_dancing  👶 baby
👑 crown  🎓 mortar_board  💼 briefcase  ☂ umbrella  🐶 dog  🐱 cat  🐭 mouse  🐰 rabbit  🦊 fox_face  🐻 bear
🐼 panda_face  🐯 tiger  🦁 lion_face  🐮 cow  🐷 pig  🐸 frog  🐵 monkey_face  🐔 chicken  🐧 penguin
🐦 bird  🦉 owl  🦄 unicorn_face  🐝 bee  🐛 bug  🦋 butterfly  🐢 turtle  🐍 snake  🐙 octopus  🐳 whale
🐬 dolphin  🐟 fish  🌷 tulip  🌹 rose  🌻 sunflower  🌺 hibiscus  🍀 four_leaf_clover  🌲 evergreen_tree
🌵 cactus  🍁 maple_leaf  🌈 rainbow  ☀ sunny  ⛅ partly_sunny  ☁ cloud  ⚡ zap  ❄ snowflake
⛄ snowman_without_snow  🌊 ocean  🍎 apple  🍊 tangerine  🍋 lemon  🍌 banana  🍉 watermelon  🍇 grapes
🍓 strawberry  🍒 cherries  🍑 peach  🍍 pineapple  🥑 avocado  🍞 bread  🍕 pizza  🍔 hamburger  🍟 fries
🍜 ramen  🍣 sushi  🍙 rice_ball  🍚 rice  🍛 curry  🍱 bento  🍡 dango  🍰 cake  🎂 birthday  🍩 doughnut
🍪 cookie  🍫 chocolate_bar  🍿 popcorn  ☕ coffee  🍵 tea  🍺 beer  🍻 beers  🍷 wine_glass  🍶 sake
🥂 clinking_glasses  ⚽ soccer  🏀 basketball  ⚾ baseball  🎾 tennis  🏅 sports_medal  🥈 second_place_medal
🥉 third_place_medal  🎮 video_game  🎲 game_die  🎵 musical_note  🎶 notes  🎸 guitar  🎨 art  🎬 clapper
🎤 microphone  🎧 headphones  🚗 car  🚲 bike  ✈ airplane  🚢 ship  🚂 steam_locomotive  🏠 house  🏢 office
🗻 mount_fuji  🗼 tokyo_tower  🎌 crossed_flags  🎁 gift  🎈 balloon  🎊 confetti_ball  🎀 ribbon  💰 moneybag
💸 money_with_wings  📈 chart_with_upwards_trend  📉 chart_with_downwards_trend  📊 bar_chart  📅 date
📎 paperclip  📝 memo  ✏ pencil2  📚 books  📖 book  📰 newspaper  📄 page_facing_up  📑 bookmark_tabs  🔍 mag
🔎 mag_right  🔑 key  🔒 lock  🔓 unlock  🔔 bell  🔕 no_bell  📣 mega  📢 loudspeaker  💬 speech_balloon
💭 thought_balloon  ⏰ alarm_clock  ⌛ hourglass  ⏳ hourglass_flowing_sand  🔋 battery  💻 computer
🖥 desktop_computer  📱 iphone  📷 camera  🔬 microscope  🔭 telescope  🧪 test_tube  🧬 dna  🧮 abacus
🧩 jigsaw  🔧 wrench  🔨 hammer  ⚙ gear  🧰 toolbox  🧲 magnet  💣 bomb  🛡 shield  ⚖ scales  🏁 checkered_flag
🚩 triangular_flag_on_post  🏳 waving_white_flag  🏴 waving_black_flag  ⚠ warning  ⛔ no_entry  ❗ exclamation
❓ question  ❕ grey_exclamation  ❔ grey_question  ‼ bangbang  ⁉ interrobang  🔴 red_circle
🟠 large_orange_circle  🟡 large_yellow_circle  🟢 large_green_circle  🔵 large_blue_circle
🟣 large_purple_circle  ⚫ black_circle  ⚪ white_circle  🟥 large_red_square  🟩 large_green_square
☑ ballot_box_with_check  ➗ heavy_division_sign  ♻ recycle  🔁 repeat  🔄 arrows_counterclockwise
⏩ fast_forward  ⬆ arrow_up  ⬇ arrow_down  ⬅ arrow_left  ➡ arrow_right  🆕 new  🆒 cool  🆓 free  🆙 up
🔝 top  🔜 soon  👁 eye  🗣 speaking_head_in_silhouette  🧐 face_with_monocle  🥲 smiling_face_with_tear
🫠 melting_face  🫣 face_with_peeking_eye  #⃣ hash  🇯🇵 jp  🇺🇸 us  😇 innocent  🙃 upside_down_face
😜 stuck_out_tongue_winking_eye  😛 stuck_out_tongue  🤪 zany_face  🤑 money_mouth_face
🤠 face_with_cowboy_hat  😶 no_mouth  😵 dizzy_face  🥴 woozy_face  🤒 face_with_thermometer
🤕 face_with_head_bandage  🥶 cold_face  🥵 hot_face  😟 worried  🙁 slightly_frowning_face
☹ white_frowning_face  😧 anguished  😩 weary  😫 tired_face  👿 imp  🤡 clown_face  💢 anger  💦 sweat_drops
💨 dash  🖐 raised_hand_with_fingers_splayed  🤌 pinched_fingers  🤏 pinching_hand  ✍ writing_hand
💅 nail_care  🤳 selfie  👂 ear  👃 nose  🦾 mechanical_arm  🧑‍💻 technologist  🦆 duck  🐉 dragon
🦕 sauropod  🦖 t-rex  🍄 mushroom  🌍 earth_africa  🌎 earth_americas  🌏 earth_asia  🌙 crescent_moon
🪐 ringed_planet  🌅 sunrise  🎆 fireworks  🎇 sparkler  🎋 tanabata_tree  🎍 bamboo  🎎 dolls  🎏 flags
🎐 wind_chime  🏮 izakaya_lantern
"""
# Other names that platforms accept, or used to send, for the same emoji.
_ALIASES = {
    "thumbsup": "+1", "thumbsdown": "-1", "poop": "hankey", "shit": "hankey", "star_struck": "star-struck",
    "grinning_face_with_star_eyes": "star-struck", "thinking": "thinking_face", "satisfied": "laughing",
    "collision": "boom", "raised_hand": "hand", "punch": "facepunch", "woman-gesturing-ok": "ok_woman",
    "man-gesturing-ok": "ok_woman", "person-gesturing-ok": "ok_woman", "woman-gesturing-no": "no_good",
    "man-gesturing-no": "no_good", "shocked_face_with_exploding_head": "exploding_head",
    "face_with_one_eyebrow_raised": "face_with_raised_eyebrow", "face_with_open_mouth_vomiting": "face_vomiting",
    "serious_face_with_symbols_covering_mouth": "face_with_symbols_on_mouth", "honeybee": "bee", "robot": "robot_face",
    "heavy_exclamation_mark": "exclamation", "red_car": "car", "open_book": "book",
    "pencil": "memo", "hugging": "hugging_face", "rofl": "rolling_on_the_floor_laughing", "ok_person": "ok_woman",
}  # fmt: skip
_PAIRS = [pair.split() for line in _NAMES.strip().splitlines() for pair in line.strip().split("  ")]
_UNICODE: Mapping[str, str] = MappingProxyType({name: normalised(emoji) for emoji, name in _PAIRS})
_NAME: Mapping[str, str] = MappingProxyType({normalised(emoji): name for emoji, name in _PAIRS})


def emoji_of(name: str) -> str:
    """Return the Unicode for a short name, ignoring a skin tone (`+1::skin-tone-3`).

    Returns `:name:` for an unknown name, such as a workspace's custom emoji.
    """
    base = name.strip(":").partition("::")[0]
    base = _ALIASES.get(base) or base
    return _UNICODE.get(base, f":{base}:" if base else "")


def name_of(emoji: str) -> str | None:
    """Return the short name for adding the emoji to a message, None if it has none here."""
    plain = normalised(emoji)
    if len(plain) > 2 and plain.startswith(":") and plain.endswith(":"):
        return plain.strip(":")
    return _NAME.get(plain)
