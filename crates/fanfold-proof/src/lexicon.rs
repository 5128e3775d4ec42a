//! The word lists of the rules.
//!
//! Owns words only, in small letters; which of them matter where is said by the rules. All of them
//! are our own choice, made by reading what clean prose does.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of words.
pub(crate) type List = LazyLock<HashSet<&'static str>>;

macro_rules! list {
    ($(#[$doc:meta])* $name:ident: $words:expr) => {
        $(#[$doc])*
        pub(crate) static $name: List = LazyLock::new(|| $words.split_whitespace().collect());
    };
}

list! {
    /// Verbs that say that somebody speaks, and hardly anything else.
    SAYS: "said says asked asks replied replies answered answers muttered mutters mumbled mumbles
        murmured murmurs whispered whispers stated states stammered stammers stuttered stutters
        exclaimed exclaims pleaded pleads inquired inquires enquired enquires retorted retorts
        remarked remarks shouted shouts yelled yells demanded demands responded responds
        protested protests insisted insists explained explains cried cries added adds
        blurted blurts drawled drawls snarled snarls hissed hisses teased teases joked jokes
        declared declares announced announces admitted admits confessed confesses croaked croaks
        rasped rasps quipped quips chimed chimes commented comments reasoned reasons
        implored implores complained complains suggested suggests confided confides chided
        scolded interjects conceded countered whimpered whimpers observed ventured
        ventures urged prompted prompts
        corrected corrects interjected interjects interrupted interrupts"
}

list! {
    /// More verbs that go with speech; in a sentence of their own they often mean something else.
    SPEAKS: "began begins called calls continued continues went goes told tells agreed agrees
        warned warns ordered orders begged begs repeated repeats offered offers promised promises
        suggested suggests thought thinks sighed sighs laughed laughs chuckled chuckles screamed
        screams breathed breathes growled growls snapped snaps groaned groans moaned moans sobbed
        sobs gasped gasps giggled giggles scoffed scoffs huffed huffs snorted snorts grumbled
        grumbles purred purrs sang sings read reads wrote writes spoke speaks speak say tell
        ask saying asking telling speaking calling crying shouting whispering muttering murmuring
        answering replying adding exclaiming repeating thinking singing reading writing screaming
        yelling begging warning observing remarking continuing concluded concludes echoed echoes
        finished finishes mused muses noted notes pointed put reminded reminds returned returns
        resumed rejoined roared bellowed barked wailed squeaked squealed shrieked wondered wonders
        pressed persisted pursued proposed prayed prays quoted recited swore swears vowed wished
        assured greeted greets thanked cut broke chanted cheered conceded countered cursed coaxed
        encouraged guessed hinted implored informed instructed lied mouthed objected pondered
        praised requested scolded soothed spat stressed threatened typed texted translated
        apologized apologised argued asserted boasted bragged challenged claimed complained
        complimented counselled crowed denied dictated directed elaborated emphasized
        speculated supplied surmised surprised uttered volunteered wheezed whined hollered"
}

list! {
    /// Nouns and the like that bring a quotation in.
    QUOTES: "word words voice phrase question answer reply cry whisper letter letters note sign line
        title titled named name names entitled labelled labeled marked message text texts motto
        song poem verse chorus headline caption inscription saying like as thus follows read
        announcement warning thought thoughts idea rule rules shout shouts murmur exclamation
        remark remarks tone scream yell called quote according yes no oh well why signed reading
        demand command request order greeting toast speech prayer sentence breath hello goodbye
        heard hear hearing mouth lips tongue mind story tale tell signals signal mean means meant
        meaning that say says said"
}

list! {
    /// People as a tag names them.
    PRONOUNS: "he she they we it i you"
}

list! {
    /// Words that may follow the verb of a tag where nothing else does.
    AFTER_SAYS: "and as with through again while before from under in when then beneath between
        without against aloud back out over until around suddenly even because though although
        but yet once upon across behind like"
}

list! {
    /// Whom somebody may speak to.
    LISTENERS: "him her me them us himself herself themselves myself you nobody no"
}

list! {
    /// What a lover is called.
    ENDEARMENTS: "love sweetheart darling honey sweetie babe baby dear dearest beloved sweetling
        dearie hon"
}

list! {
    /// Words that make an endearment a noun like any other.
    MODIFIERS: "a an the my your his her our their its this that these those no any some every each
        whose what which such another one's
        little old poor sweet dear true first good pretty big new own own's other only young nice
        precious lovely beautiful real great dead very
        and or of for to with without about by from at into on than but as like not
        if when because"
}

list! {
    /// More of what stands before "love" as a noun or a verb.
    BEFORE_LOVE: "i you we they who people men women to would could should can will do did does
        don't didn't doesn't can't won't couldn't wouldn't never always still ever really
        truly just
        also both so much more most all enough
        in be is was were been being are isn't wasn't aren't make made makes making find found
        finds need needs needed want wants wanted feel feels felt know knows knew known deserve
        deserves deserved mean means meant give gives gave given show shows showed shown call
        calls called lack lacked seek sought win won lose lost have has had having get gets got
        brotherly sisterly motherly fatherly unrequited requited eternal undying lost young free
        puppy mutual mad deep pure perfect romantic platonic tough lasting forbidden passionate
        physical human god's mother's father's it's that's where what's how hate tender simple
        unconditional infinite endless everlasting genuine courtly same self secret
        choose chose chosen marry married married's spell spread share shared hopeless blind kind
        bring brings brought buy bought crave craved earn earned fear feared promise promised
        understand understood express expressed accept accepted return returned receive received
        offer offered require requires want's we'd i'd you'd they'd he'd she'd i'll you'll we'll
        they'll he'll she'll"
}

list! {
    /// Words that nothing but "-ing" hides that they go on with a sentence, not with "love".
    SPOKEN_ING: "speaking talking going coming doing kidding joking looking thinking trying lying
        leaving waiting asking saying listening"
}

list! {
    /// Words that stand twice in good sentences.
    TWICE: "had that very so no yes yeah ha he hee ho ah oh eh hey hi hush there now well bye blah
        la da dum tut tsk knock ding dong tick tock click clack chop choo night hear please never
        ever far long many much more too really big little old deep again way down up round over
        on by out off in and go come wait stop run look see say stay look dear good bad bang boom
        beep ring rat tap pat drip drop plop hop pitter patter ta nah na mm mmm hmm uh um er
        back all day years miles higher louder closer faster slower harder further farther
        nearer bigger smaller deeper softer lower longer older better worse less
        is do did it her you who what why how one two three four five six seven eight nine ten
        wow whoa aye ow ouch help fire love hate i my man boy girl baby mama papa mommy daddy
        goodbye hello thank thanks sorry okay ok right fine sure maybe just only quite pretty
        row caw quack woof meow moo baa cluck chirp tweet thump thud crash smash splash slap clap
        snip honk zoom buzz hum hiss squeak creak drum beat step left gee aw ooh aah ugh shh sh
        poor dead alone cold slowly round wrong nothing always together forever home walla bora
        can couscous pom cha yo paw tom win hubba chow tutu dik aye lots loads tons high low new
        true lies gone not same whole any every other fire fish dog cat bird kill mine ours"
}

list! {
    /// Small words that nobody says twice in speech either, but for a stammer.
    NEVER_TWICE: "the a an of to with from at for his their our your as was were are be been has
        have this these those and or but if than she they we its into which when them him us my
        would could should will can shall it not do"
}

list! {
    /// Words that begin with a vowel letter and a consonant's sound.
    SOUNDS_CONSONANT: "one ones once oneself ouija ouabain uber"
}

list! {
    /// Words that begin with an h that is not heard.
    SILENT_H: "hour hours hourly hourglass hourglasses heir heirs heiress heiresses heirloom
        heirlooms honest honestly honesty honor honors honored honoring honorable honorably
        honorary honour honours honoured honouring honourable honourably honoraria honorific
        honorarium heirship herb herbal herbs homage hors hr hrs"
}

list! {
    /// Words after "a" that show that the letter is meant, or that no article stands here.
    NOT_AN_ARTICLE: "a an and as are is in if at of or i am it e u o i'm i'll i've i'd on
        ah oh eh uh um aw al"
}

/// How much more often a text writes "every thing" than "everything": each pair counts one way or
/// the other.
pub(crate) fn old_compounds(text: &str) -> i64 {
    let pairs = [
        ("very thing", "verything"),
        ("ny thing", "nything"),
        ("ome thing", "omething"),
        ("very body", "verybody"),
        ("ny body", "nybody"),
    ];
    let count = |part: &str| i64::try_from(text.matches(part).count()).unwrap_or(i64::MAX);
    pairs.iter().map(|(open, closed)| count(open) - count(closed)).sum()
}
