//! Which value wins, and what is refused.

use super::*;

fn flags(pairs: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

#[test]
fn the_nearest_setting_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("f.toml");
    std::fs::write(&file, "watch = false\nlog = \"info\"\nreaders = 3\n").expect("written");
    let given = Given { flags: flags(&[("log", "debug")]), file: Some(file), ..Given::default() };
    let environment = |name: &str| (name == "FANFOLD_READERS").then(|| "2".to_owned());
    let config = Config::resolve(given, environment).expect("fits");
    assert_eq!((config.watch, config.log.as_str(), config.readers), (false, "debug", 2));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    let origins: Vec<String> = config.shown.iter().map(|row| row.1.to_string()).collect();
    assert_eq!(origins.iter().filter(|origin| *origin == "default").count(), 11);
}

#[test]
fn mistakes_are_named() {
    let none = |_: &str| None;
    let wrong = Given { flags: flags(&[("listen", "8080")]), ..Given::default() };
    let error = Config::resolve(wrong, none).expect_err("no address").to_string();
    assert!(error.contains("listen") && error.contains("127.0.0.1:8080"), "{error}");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("f.toml");
    std::fs::write(&file, "lissten = 1").expect("written");
    let given = Given { file: Some(file), ..Given::default() };
    let error = Config::resolve(given, none).expect_err("unknown").to_string();
    assert!(error.contains("lissten"), "{error}");
    let missing = Given { file: Some(folder.path().join("none.toml")), ..Given::default() };
    assert!(Config::resolve(missing, none).is_err());
}

#[test]
fn no_mistake_shows_a_password() {
    // Whatever is wrong with the line, or with the file after it, says where and not what.
    for (text, part) in [
        ("watch = true\nsmtp_password = \"tide kettle\n", "line 2"),
        ("smtp_password = 'tide kettle\nwatch = true\n", "line 1"),
        ("smtp_password = \"tide\\kettle\"\n", "line 1"),
        ("smtp_password = tide kettle\n", "line 1"),
        ("smtp_password = \"tide\" kettle\n", "line 1"),
        ("smtp_password = \"\"\"tide kettle\n\n", "line"),
        ("smtp_password = \"kettle\"\nsmtp_password = \"kettle\"\n", "line 2"),
        ("database = \"postgres://me:kettle@stories.example\n", "line 1"),
        ("database = \"postgress://me:kettle@stories.example\"\n", "database"),
        ("database = \" kettle\"\n", "postgres://"),
    ] {
        let error = resolved(text, &[]).expect_err(text).to_string();
        assert!(error.contains(part) && !error.contains("kettle"), "{text}: {error}");
        assert!(!error.contains('\n'), "{text}: {error}");
    }
}

fn resolved(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("f.toml");
    std::fs::write(&file, text).expect("written");
    let given = Given { file: Some(file), ..Given::default() };
    Config::resolve(given, |name| {
        let found = environment.iter().find(|own| own.0 == name);
        found.map(|own| own.1.to_owned())
    })
}

#[test]
fn limits_are_ao3s_unless_somebody_sets_others() {
    assert_eq!(resolved("", &[]).expect("fits").limits, WorkLimits::default());
    let text = "watch = false\n[limits]\ntitle_chars = 40\ntags = \"80\"\n";
    let config = resolved(text, &[("FANFOLD_LIMITS_TAGS", "90")]).expect("fits");
    assert_eq!((config.limits.title_chars, config.limits.tags), (40, 90));
    assert_eq!(config.limits.summary_chars, 1_250);
    let origins: Vec<String> =
        config.limits_shown.iter().map(|shown| shown.1.to_string()).collect();
    assert_eq!(origins.iter().filter(|own| *own == "default").count(), LIMITS.len() - 2);
    assert!(origins.contains(&"environment: FANFOLD_LIMITS_TAGS".to_owned()), "{origins:?}");
}

#[test]
fn nonsense_limits_are_refused_with_what_would_be_right() {
    for limit in LIMITS {
        assert!((limit.least..=limit.most).contains(&limit.default), "{}", limit.setting);
        for nonsense in ["-1", "\"many\"", "99999999999", "1.5", "true", "\"\""] {
            let text = format!("[limits]\n{} = {nonsense}\n", limit.name);
            let error = resolved(&text, &[]).expect_err(limit.setting).to_string();
            assert!(error.contains(limit.setting), "{error}");
            let right = format!("a number from {} to {}", limit.least, limit.most);
            assert!(error.contains(&right) || nonsense == "1.5", "{error}");
        }
    }
    for (text, part) in [
        ("[limits]\ntitel_chars = 4", "limits.titel_chars"),
        ("limits = 4", "limits is integer, not a table"),
        ("[limits.title_chars]\nmost = 4", "limits.title_chars is table"),
        ("title_chars = 4", "title_chars"),
        ("[watch]\ntags = 4", "watch is table"),
    ] {
        let error = resolved(text, &[]).expect_err(text).to_string();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn the_documentation_says_the_limits_of_works() {
    let docs = include_str!("../../docs/people.md");
    for limit in LIMITS {
        let row = format!(
            "| `{}` | {} | {} | {} to {} |",
            limit.name, limit.meaning, limit.default, limit.least, limit.most
        );
        assert!(docs.contains(&row), "docs/people.md lacks: {row}");
    }
}

#[test]
fn data_lives_with_the_stories() {
    let given = Given { folder: Some("stories".into()), ..Given::default() };
    let config = Config::resolve(given, |_| None).expect("fits");
    assert_eq!(config.data, Path::new("stories/.fanfold"));
}

#[test]
fn mail_is_sent_only_where_all_fits_together() {
    let resolve = |pairs: &[(&'static str, &str)]| {
        Config::resolve(Given { flags: flags(pairs), ..Given::default() }, |_| None)
    };
    let from = ("mail_from", "archive@stories.example");
    assert_eq!(resolve(&[from]).expect("fits").mail, None);
    let local = resolve(&[from, ("smtp", "smtp://127.0.0.1:2525")]).expect("fits");
    let mail = local.mail.expect("a server");
    assert_eq!((mail.server.port, mail.server.security), (2525, Security::Plain));
    let away = ("smtp", "smtps://me@stories.example@mail.example");
    let secret = ("smtp_password", "tide lamp kettle");
    let config = resolve(&[from, away, secret]).expect("fits");
    let mail = config.mail.clone().expect("a server");
    assert_eq!(mail.server.user.as_deref(), Some("me@stories.example"));
    assert_eq!(mail.password, Some(Hidden("tide lamp kettle".to_owned())));
    assert!(!format!("{config:?}").contains("kettle"), "passwords are not shown");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, "from a file\nand more\n").expect("written");
    let by_file = ("smtp_password_file", file.to_str().expect("a path"));
    let mail = resolve(&[from, away, by_file]).expect("fits").mail.expect("a server");
    assert_eq!(mail.password, Some(Hidden("from a file".to_owned())));
    for (bad, named) in [
        (&[("smtp", "smtp://127.0.0.1:25")][..], "mail_from"),
        (&[from, away], "smtp_password"),
        (&[from, away, ("smtp_password_file", "/nowhere/at/all")], "/nowhere/at/all"),
        (&[from, ("smtp", "smtps://me:kettle@mail.example")], "smtp"),
        (&[from, ("smtp", "http://kettle.example")], "smtp"),
        (&[("mail_from", "nobody")], "mail_from"),
        (&[from, ("smtp", "smtp://localhost"), ("listen", "0.0.0.0:80")], "public_url"),
    ] {
        let error = resolve(bad).expect_err("does not fit").to_string();
        assert!(error.contains(named) && !error.contains("kettle"), "{error}");
    }
}
