"""Who takes part in a demo, and what they say: in English and in Chinese."""

from typing import Final, NamedTuple


class Show(NamedTuple):
    """A room of the demo."""

    host: str
    title: str
    category: str
    language: str


class Lines(NamedTuple):
    """What people of one language say."""

    hello: tuple[str, ...]
    chat: tuple[str, ...]
    goodbye: tuple[str, ...]
    welcome: tuple[str, ...]
    """Of hosts, with the name of whoever came."""
    thanks: tuple[str, ...]
    """Of hosts, for likes."""


SHOWS: Final = (
    Show("Mia", "Acoustic covers, requests open", "music", "en"),
    Show("小雨", "下班弹弹吉他，点歌打在公屏", "music", "zh"),
    Show("Tom & Pepper", "Baking bread with my cat", "life", "en"),
    Show("阿杰", "深夜画室：今晚画一只猫", "life", "zh"),
    Show("Lena", "Speedrun practice, new route", "game", "en"),
    Show("老周", "老周棋局：复盘昨天的比赛", "game", "zh"),
)
VIEWERS: Final = {
    "en": ("Alex", "Sam", "Nora", "Ben", "Zoe", "Ravi", "Ivy", "Leo", "Kim", "Max", "Ada", "Finn"),
    "zh": ("小鱼", "阿宁", "豆豆", "林夕", "大熊", "晚风", "一一", "石头", "可乐", "青柠", "南瓜", "七七"),
}
LINES: Final = {
    "en": Lines(
        ("Hi everyone!", "Evening! What did I miss?", "First time here, hello", "Hey, back again 👋"),
        (
            "This is so good",
            "Can you turn the volume up a bit?",
            "Love the light in your room",
            "😂😂😂",
            "How long have you been doing this?",
            "Greetings from Lisbon",
            "That part again, please!",
            "Sound is perfect now, thanks",
            "I should be asleep, but here I am",
            "👏👏",
            "What are you using for the camera?",
            "Same time tomorrow?",
        ),
        ("Good night all", "Have to go, see you!", "Bye 👋"),
        ("Welcome, {}!", "Hi {}, nice to see you", "{}, make yourself at home"),
        ("Wow, thank you for the hearts!", "So many likes, you are great ❤️"),
    ),
    "zh": Lines(
        ("大家好！", "来啦来啦", "第一次来，打个招呼", "晚上好～"),
        (
            "好听！再来一遍",
            "主播今天状态真好",
            "哈哈哈哈哈",
            "声音可以再大一点吗？",
            "已经循环三天了",
            "从杭州来报到",
            "这里真治愈",
            "学到了学到了",
            "请问用的什么麦克风？",
            "前排围观",
            "太可爱了吧",
            "明天还是这个点吗？",
        ),
        ("先下啦，晚安", "明天见！", "溜了溜了"),
        ("欢迎 {}！", "{} 来啦，随便坐", "{} 晚上好呀"),
        ("谢谢大家的赞！", "点赞收到，比心 ❤️"),
    ),
}
