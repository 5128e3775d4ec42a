//! The languages that archives name by their own names.
//!
//! Owns one table, both ways. Codes are BCP 47; names are those that AO3's pages show.

use crate::document::Lang;

/// Code and name, the most written first.
const LANGUAGES: [(&str, &str); 88] = [
    ("en", "English"),
    ("zh", "中文-普通话 國語"),
    ("ru", "Русский"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("pt-BR", "Português brasileiro"),
    ("pt-PT", "Português europeu"),
    ("de", "Deutsch"),
    ("pl", "Polski"),
    ("id", "Bahasa Indonesia"),
    ("vi", "Tiếng Việt"),
    ("ko", "한국어"),
    ("ja", "日本語"),
    ("uk", "Українська"),
    ("hu", "Magyar"),
    ("cs", "Čeština"),
    ("tr", "Türkçe"),
    ("fil", "Filipino"),
    ("th", "ไทย"),
    ("fi", "Suomi"),
    ("sv", "Svenska"),
    ("da", "Dansk"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("nb", "Norsk bokmål"),
    ("nn", "Norsk nynorsk"),
    ("ar", "العربية"),
    ("he", "עברית"),
    ("fa", "فارسی"),
    ("ur", "اُردُو"),
    ("hi", "हिन्दी"),
    ("bn", "বাংলা"),
    ("ta", "தமிழ்"),
    ("te", "తెలుగు"),
    ("ml", "മലയാളം"),
    ("mr", "मराठी"),
    ("pa", "ਪੰਜਾਬੀ"),
    ("si", "සිංහල"),
    ("ne", "नेपाली"),
    ("ms", "Bahasa Malaysia"),
    ("yue", "中文-广东话 粵語"),
    ("wuu", "中文-吴语 吳語"),
    ("nan", "中文-闽南话 臺語"),
    ("hak", "中文-客家话"),
    ("el", "Ελληνικά"),
    ("grc", "Ἀρχαία ἑλληνική"),
    ("la", "Lingua latina"),
    ("ro", "Română"),
    ("bg", "Български"),
    ("sr", "Српски"),
    ("hr", "Hrvatski"),
    ("bs", "Bosanski"),
    ("sl", "Slovenščina"),
    ("sk", "Slovenčina"),
    ("mk", "Македонски"),
    ("be", "Беларуская"),
    ("et", "Eesti keel"),
    ("lv", "Latviešu valoda"),
    ("lt", "Lietuvių"),
    ("is", "Íslenska"),
    ("fo", "Føroyskt"),
    ("ga", "Gaeilge"),
    ("gd", "Gàidhlig"),
    ("cy", "Cymraeg"),
    ("br", "Brezhoneg"),
    ("ca", "Català"),
    ("eu", "Euskara"),
    ("gl", "Galego"),
    ("af", "Afrikaans"),
    ("sw", "Kiswahili"),
    ("so", "af Soomaali"),
    ("zu", "isiZulu"),
    ("sq", "Shqip"),
    ("hy", "հայերեն"),
    ("ka", "ქართული"),
    ("kk", "қазақша"),
    ("mn", "Монгол хэл"),
    ("tt", "татар теле"),
    ("ckb", "کوردی | سۆرانی"),
    ("yi", "יידיש"),
    ("bo", "བོད་སྐད་"),
    ("eo", "Esperanto"),
    ("tlh", "tlhIngan-Hol"),
    ("qya", "Quenya"),
    ("sjn", "Sindarin"),
    ("tok", "Toki Pona"),
    ("sco", "Scots"),
];

/// Names that mean the same as one of the table.
const ALSO: [(&str, &str); 9] = [
    ("en", "American English"),
    ("zh", "中文"),
    ("zh", "Chinese"),
    ("pt-BR", "Português"),
    ("ms", "Bahasa Melayu"),
    ("la", "Latin"),
    ("eu", "Basque"),
    ("fil", "Wikang Filipino"),
    ("tlh", "Klingon"),
];

/// The code of a language by its name.
pub(crate) fn language_code(name: &str) -> Option<Lang> {
    let wanted = name.trim().to_lowercase();
    let mut rows = LANGUAGES.iter().chain(&ALSO);
    let found = rows.find(|row| row.1.to_lowercase() == wanted);
    found.and_then(|row| Lang::parse(row.0))
}

/// The name of a language by its code, if it is in the table.
pub(crate) fn language_name(code: &Lang) -> Option<&'static str> {
    let code = code.as_str();
    LANGUAGES.iter().find(|row| row.0.eq_ignore_ascii_case(code)).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_codes_and_back() {
        for (code, name) in LANGUAGES {
            let lang = language_code(name).expect("a code");
            assert_eq!(lang.as_str(), code, "{name}");
            assert_eq!(language_name(&lang), Some(name));
        }
        assert_eq!(language_code("Ferengi"), None);
    }
}
