"""The default categories, and a guess by keywords at which ones a statement belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping

MISC = "misc"
_MOST = 2

DEFAULT_CATEGORIES: dict[str, str] = {
    "personal_details": "Name, age, birthday, address, nationality and other particulars of a person",
    "family": "Parents, children, partners, relatives, friends and pets",
    "professional_details": "Job, employer, career, education and skills",
    "sports": "Sports, exercise and fitness",
    "travel": "Trips, places visited or planned, transport and lodging",
    "food": "Meals, drinks, cooking, restaurants and diets",
    "music": "Songs, instruments, artists and concerts",
    "health": "Illness, allergies, medicine, sleep and well-being",
    "technology": "Devices, software, programming and the internet",
    "hobbies": "Pastimes, crafts, collections and games",
    "fashion": "Clothes, shoes, cosmetics and style",
    "entertainment": "Films, series, books, shows and celebrities",
    "milestones": "Weddings, births, moves, graduations, achievements and other turning points",
    "user_preferences": "Likes, dislikes, habits and wishes, also about how to be served",
    MISC: "What fits nowhere else",
}

# English words may take an ending; Japanese and Chinese terms stand anywhere.
_WORDS: dict[str, tuple[str, str]] = {
    "personal_details": (
        "my name|i'm called|call me|years old|birthday|born|my address|i live|live in|phone number"
        "|nationality|citizen|email|zodiac",
        "名前|年齢|歳|誕生日|住所|住んで|出身|国籍|電話番号|名字|姓名|岁|生日|住在|地址|老家|籍贯|手机号|星座",
    ),
    "family": (
        "mother|mom|mum|dad|father|parents|brother|sister|wife|husband|son|sons|daughter|kid|kids|child"
        "|children|baby|girlfriend"
        r"|boyfriend|fianc\w*|grandm\w*|grandp\w*|grandf\w*|aunt|uncle|cousin|niece|nephew|family|friend"
        "|puppy|dog|cat|kitten|pet|pets|partner",
        "母|父|姉|兄|弟|妹|祖父|祖母|妻|嫁|夫[のはがとにも]|旦那|娘|息子|子ども|子供|彼女|彼氏|両親|家族|友達|犬|猫|ペット|妈|爸|爷爷|奶奶|外婆|外公|姐|哥"
        "|老公|老婆|丈夫|女朋友|男朋友|儿子|女儿|孩子|家人|父母|朋友|狗|宠物|柯基",
    ),
    "professional_details": (
        "job|work at|work as|work for|working|works|career|company|boss|manager|colleague|coworker|office"
        r"|hired|promot\w*|salary|interview"
        r"|employ\w*|freelance|profession|engineer|teacher|nurse|developer|designer|university|college"
        "|degree|student|studying|school|intern|startup|client",
        "仕事|会社|職場|転職|就職|入社|退職|上司|同僚|部署|勤め|働い|面接|内定|担任|先生|大学|学校|勉強|給料|工作|公司|同事|领导|老板|上班|加班|入职|辞职|离职"
        "|跳槽|裁员|面试|工程师|程序员|老师|医生是|学校|毕业|专业|工资|职位|开店|客户",
    ),
    "sports": (
        "run|running|ran|marathon|race|gym|workout|yoga|swim|soccer|football|basketball|baseball|tennis"
        "|hike|hiking|climb|cycling|bike"
        "|ski|skiing|surf|fitness|exercise|training|coach|match|golf|karate|pilates|volleyball|badminton",
        "マラソン|走[るっり]|ランニング|水泳|泳[ぐいぎ]|卓球|サッカー|野球|テニス|登山|ジム|ヨガ|筋トレ"
        "|運動|試合|バスケ|跑步|马拉松|游泳|健身|瑜伽|篮球|足球|羽毛球|乒乓|爬山|登山|骑行|滑雪|运动|比赛"
        "|网球",
    ),
    "travel": (
        "travel|trip|flight|flew|fly to|vacation|holiday|visit|hotel|airport|passport|visa|beach"
        "|road trip|train to|tour|abroad|camping|itinerary",
        "旅行|旅|飛行機|新幹線|ホテル|温泉|空港|パスポート|観光|海外|旅游|机票|酒店|高铁|飞机|机场|护照|签证|自驾|蜜月|景点|民宿|出差",
    ),
    "food": (
        "eat|eating|ate|food|cook|baking|baked|bake|recipe|restaurant|dinner|lunch|breakfast|coffee|tea"
        "|matcha|cake|pizza|sushi|vegetarian|vegan"
        "|meat|fish|chocolate|wine|beer|dessert|meal|snack|drink|cheese|bread|latte|milk|nuts|peanut",
        "食べ|飲[むみん]|料理|ご飯|ごはん|朝食|昼食|夕食|抹茶|コーヒー|お茶|紅茶|ラテ|ケーキ|パン(?!ツ)|寿司|蕎麦|そば(?!に)|ラーメン|肉|魚|野菜|酒|ビール|牛乳|豆乳"
        "|吃|喝|菜|饭|咖啡|茶|火锅|海鲜|啤酒|牛奶|燕麦奶|面包|可颂|蛋糕|餐|辣|水果|芒果|烘焙|拿铁",
    ),
    "music": (
        "music|song|songs|sing|singing|guitar|piano|violin|band|concert|album|singer|drums|playlist|choir"
        "|orchestra|jazz|clarinet|cello",
        "音楽|歌[いうっ]|曲|ギター|ピアノ|バンド|ライブ|コンサート|カラオケ|楽器|合唱|音乐|唱歌|歌|吉他|钢琴|古琴|乐队|演唱会|弹琴|练琴|小提琴|乐器",
    ),
    "health": (
        r"allerg\w*|sick|ill|illness|doctor|hospital|medicine|medication|pills|surgery|pain|headache|sleep"
        r"|diet|therapy|therapist|anxiety|depress\w*"
        r"|injur\w*|diabet\w*|asthma|blood|pregnan|migraine\w*|dentist|vitamin|mental health|insomnia"
        r"|gluten|lactose|intoleran\w*",
        "アレルギー|病気|病院|医者|手術|薬|頭痛|膝|貧血|入院|退院|健康|睡眠|体調|妊娠|腰痛|花粉症|検診"
        "|通院|过敏|医院|医生|手术|住院|体检|药|疼|痛|失眠|感冒|发烧|怀孕|尿酸|血压|看病|健康|康复",
    ),
    "technology": (
        "computer|laptop|phone|iphone|android|software|code|coding|programming|python|javascript|rust|app"
        "|apps|website|internet|linux|mac|macbook"
        "|server|database|gpu|api|robot|keyboard",
        "パソコン|スマホ|プログラ|アプリ|サイト|ウェブ|ソフト|カメラ|電脳|电脑|手机|编程|代码|软件|网站|程序|服务器|数据库|键盘|显卡",
    ),
    "hobbies": (
        r"hobby|hobbies|paint|drawing|draw|pottery|garden|knit|sewing|photograph\w*|camera|collect\w*"
        "|chess|puzzle|crochet|craft|fishing|woodwork|board game"
        "|video game|gaming|calligraphy|ceramic|sketch|birdwatch|dance|dancing",
        "趣味|写真|カメラ|編み物|ガーデニング|陶芸|釣り|サウナ|絵を|書道|ゲーム|将棋|キャンプ|手芸|爱好|画画|摄影|拍照|书法|钓鱼|园艺|手工|编织|陶艺|游戏|下棋|露营|手冲|收藏",
    ),
    "fashion": (
        "clothes|dress|shoes|sneakers|jacket|jeans|fashion|makeup|haircut|hairstyle|earrings|necklace"
        "|wear|wearing|outfit|boots",
        "洋服|服を|靴|ドレス|着物|化粧|髪型|ファッション|帽子|衣服|鞋|裙|化妆|发型|穿搭|口红|外套|女装",
    ),
    "entertainment": (
        "movie|film|films|series|netflix|book|books|novel|reading|theater|theatre|anime|manga|podcast"
        "|museum|show|tv|comic|author|musical",
        "映画|ドラマ|アニメ|漫画|小説|本を|読書|美術館|番組|舞台|电影|电视剧|综艺|小说|动漫|漫画|看书|读书|博物馆|话剧|展览|《",
    ),
    "milestones": (
        r"married|marry|wedding|engaged|propos\w*|graduat\w*|moved to|moving to|moved into|bought a house"
        "|new job|got promoted|gave birth|was born|anniversary"
        r"|divorc\w*|retire|adopt\w*|passed my|got accepted|achievement|award|won",
        "結婚|婚約|離婚|卒業|引っ越|出産|生まれ|合格|内定|転職|定年|受賞|優勝|记念|结婚|婚礼|求婚|订婚|离婚|毕业|搬家|搬到|买房|怀孕|出生|录取|升职|获奖|开业|拿到驾照",
    ),
    "user_preferences": (
        "love|loves|like|likes|prefer|favorite|favourite|hate|hates|enjoy|dislike|can't stand|rather"
        "|always|never|fan of|call me|used to|allergic to",
        "好き|嫌い|苦手|お気に入り|派(?:です|だ|。|\\Z)|好み|はまっ|ハマっ|より.{1,12}ほうが|呼んで|喜欢"
        "|喜歡|讨厌|不爱|爱[吃喝看听]|偏好|更喜|习惯|从来不|最爱|迷上|叫我|改喝|改吃|戒",
    ),
}


def _compiled(spaced: str, unspaced: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{spaced})(?:s|es|ed|ing)?\b|{unspaced}", re.IGNORECASE)


_PATTERNS = {name: _compiled(*words) for name, words in _WORDS.items()}


def categorize(text: str, offered: Mapping[str, str]) -> tuple[str, ...]:
    """Return at most two of the `offered` categories (all defaults if none are), most keywords first.

    Without any keyword it is ("misc",), if that is offered. Categories of the project's own making are for
    language models: a keyword list cannot know them.
    """
    names = offered or DEFAULT_CATEGORIES
    hits = {name: len(set(_PATTERNS[name].findall(text))) for name in names if name in _PATTERNS}
    ranked = sorted((name for name, count in hits.items() if count), key=lambda name: -hits[name])
    if ranked:
        return tuple(ranked[:_MOST])
    return (MISC,) if MISC in names else ()
