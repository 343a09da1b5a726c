"""Words that carry no fact, for languages that put spaces between words."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION = _words(
    """
a an the this that these those it its he she they them him his her their theirs i me my mine myself
we us our ours you your yours yourself u ur who whom whose which what when where why how there here
and or but so if then than as at by for from in into of off on onto out over to up with without
about after before because cause cuz during since until while though although through between both
either neither am is are was were be been being do does did done doing have has had having can could
will would shall should may might must gonna gotta wanna let lets get gets got getting not no nor
don doesn didn isn aren wasn weren won wouldn couldn shouldn can't ll ve re very really too also
just only even still already again ever never always almost quite pretty super such much many more
most some any all every each few lot lots bit little kind kinda sort well now right actually
basically literally definitely absolutely totally truly certainly exactly indeed maybe perhaps
probably completely honestly especially anyway way else other another same one ones thing things
something anything everything nothing someone anyone everyone anybody everybody der die das den dem
ein eine einen und oder aber ist sind war waren es ich du er sie wir ihr mir dir nicht auch sehr ja
nein doch mal schon noch klingt el la los las un una unos y o pero son está están eso esto qué muy
también que de se lo te sí le les une des et ou mais est sont c'est ça cela ce très aussi je tu il
elle nous vous pas и или но это не очень так тоже я ты он она мы вы как что уже ещё os um uma e mas
isso é muito também não sim che è molto anche non
"""
)

REACTION = _words(
    """
hi hello hey heya hiya yo greetings morning afternoon evening night goodnight bye goodbye cya
welcome cheers thanks thank thx ty tysm appreciate appreciated grateful thankful please pls sorry
apologies excuse pardon yes yeah yep yup yea ya nope nah ok okay okey k kk alright fine sure deal
course agree agreed absolutely true correct wow whoa woah woo oh ooh ah aha aww aw hmm hm mm mhm uh
um huh ha haha hahaha hehe lol lmao rofl omg gosh god damn ugh yay hooray yikes oops ouch geez cool
great awesome amazing nice good better best wonderful fantastic excellent perfect brilliant lovely
beautiful gorgeous stunning sweet cute adorable fun funny hilarious interesting impressive
incredible inspiring inspired inspirational exciting excited thrilled stoked glad happy proud sad
bad terrible awful crazy wild weird strange hard tough neat rad lit dope legit epic special
important helpful useful kind brave strong smart lucky rewarding refreshing love loved loves like
liked likes enjoy enjoyed hope hoping wish wishing bet believe guess think thought know knew known
see seen saw mean means meant understand understood feel feels feeling felt hear hearing heard sound
sounds sounded look looks looking looked seem seems seemed wonder remember imagine wait waiting
matter matters makes make made say said says tell told talk talking chat chatting speak go going
come coming keep keeping take taking took give giving gave try trying need want congrats
congratulations kudos props bravo luck wishes words job work effort idea ideas point question story
stories news time times day today tomorrow weekend soon later ago long ages far while moment moments
minute sec second care safe rest check stay rock rocks crush killing it's that's there's what's
here's let's i'm i've i'd i'll you're you've you'd you'll we're we've he's she's they're who's how's
don't doesn't didn't isn't aren't wasn't weren't can't cannot couldn't won't wouldn't shouldn't
haven't hasn't hadn't ain't y'all ya'll gotcha got'em np nvm btw tbh imo idk ikr fyi hallo guten tag
abend danke dankeschön vielen dank bitte gut super toll prima klar genau stimmt schön tschüss hola
gracias buenos buenas días tardes noches bien vale claro genial perfecto adiós muchas mucho bueno
bonjour salut bonsoir merci beaucoup oui non d'accord génial parfait au revoir привет здравствуйте
спасибо большое да нет хорошо отлично ладно пока супер понятно конечно здорово круто класс olá
obrigado obrigada ciao grazie mille tudo bem va bene perfetto legal ótimo 안녕 안녕하세요 감사합니다
감사해요 고마워 고마워요 고맙습니다 네 넵 예 응 아니 아니요 그래 그래요 좋아 좋아요
좋은 생각이에요 대박 헐 와 우와
진짜 정말 알겠어 알겠습니다 알겠어요 맞아 맞아요 잘 자 수고하세요 축하해 축하해요 축하합니다 멋져요
멋지다 최고 너무 그렇군요 ㅋㅋ ㅋㅋㅋ ㅎㅎ ㅎㅎㅎ ㅠㅠ ㅇㅇ ㅇㅋ
"""
)

EMPTY = FUNCTION | REACTION

IMPERATIVES = (
    "write|rewrite|translate|summari[sz]e|explain|describe|tell|show|give|list|find|search|generate"
    "|create|make|draft"
    "|fix|debug|refactor|convert|compute|calculate|solve|compare|suggest|recommend|help|teach|proofread"
    "|correct|improve"
    "|shorten|expand|continue|print|format|answer|repeat|stop|wait|send|share|imagine|pretend|act|let'?s|let"
    "|keep|go on|try|add|remove|change|use|turn|do|don'?t|pick|choose|guess|sing|draw|plan|outline"
    "|brainstorm|rate"
    "|schreibe?|übersetze?|erkläre?|zeige?|hilf|gib|mach|fass|sag|kannst du|könntest du"
    "|escribe|escríbeme|traduce|tradúceme|explica|explícame|dime|dame|ayúdame|resume|muéstrame|puedes|podrías"
    "|écris|traduis|explique|donne|aide|résume|montre|peux-tu|pouvez-vous|pourrais-tu"
    "|напиши|напишите|переведи|переведите|расскажи|объясни|помоги|покажи|сделай|скажи|подскажи"
)
