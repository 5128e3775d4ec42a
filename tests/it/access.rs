//! Who may see what: the rule in Rust, in SQL and in the filter index are one, and what is hidden
//! looks like what is not there.

use fanfold::archive::access::{Audience, Viewer, Visibility};
use fanfold::archive::account::AccountState;
use fanfold::archive::person::{Account, AccountId, Role, Visitor};
use fanfold::archive::work::{Millis, WorkId};
use fanfold::store::{Error, NewAccount, Read, Store};
use fanfold_index::filter::{BaseBuilder, Changes, FilterIndex, Position, Request};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use ureq::http::Method;

use crate::people::OWN;
use crate::site::Site;
use crate::store_contract::{Library, NOW, on_each, plain};

/// How one work of a test is hidden: its owner (0 for nobody), audience, posted, planned, binned,
/// who is named, and who writes it along.
type Hiding = (usize, usize, bool, bool, bool, [Vec<usize>; 2]);

/// The accounts of a test: two members, a wrangler, a moderator, the owner, and one more member.
const ROLES: [Role; 6] =
    [Role::Member, Role::Member, Role::Wrangler, Role::Moderator, Role::Owner, Role::Member];
const WORKS: usize = 6;

fn hiding() -> impl Strategy<Value = Hiding> {
    let some = || prop::collection::vec(1..=ROLES.len(), 0..3);
    let named = (some(), some()).prop_map(|(named, along)| [named, along]);
    let binned = prop::bool::weighted(0.2);
    (0..=ROLES.len(), 0..4_usize, prop::bool::weighted(0.8), any::<bool>(), binned, named)
}

fn accounts(store: &Store) -> Vec<AccountId> {
    let make = |(number, role): (usize, &Role)| {
        let name = format!("account {number}");
        let state = AccountState::Open;
        let new = NewAccount { name: &name, role: *role, state, password: None, said: "" };
        store.write(|tx| tx.insert_account(&new, NOW)).expect("written").expect("a free name")
    };
    ROLES.iter().enumerate().map(make).collect()
}

/// Everybody who may look: strangers, strangers with links, and every account with and without.
fn viewers(accounts: &[AccountId], works: &[WorkId]) -> Vec<Viewer> {
    let mut all = vec![Viewer::archive()];
    for links in [Vec::new(), vec![works[0], works[3]]] {
        let visitor = Visitor { links, ..Visitor::default() };
        all.push(Viewer::of(&visitor));
        for (id, role) in accounts.iter().zip(ROLES) {
            let account = Account { id: *id, name: "x".to_owned(), role };
            all.push(Viewer::of(&Visitor { account: Some(account), ..visitor.clone() }));
        }
    }
    all
}

/// The filter index as a base, or as what came since, whichever `as_base` says.
fn indexed(tx: &Read<'_>, works: &[WorkId], as_base: bool) -> (tempfile::TempDir, FilterIndex) {
    let folder = tempfile::tempdir().expect("a folder");
    let (index, _) = FilterIndex::open(folder.path()).expect("opened");
    let put = tx.filter_rows(works).expect("rows");
    let position = Position { works: 1, tags: 0 };
    if as_base {
        let mut builder = BaseBuilder::new();
        put.iter().for_each(|row| builder.add_work(row));
        index.rebase(builder, position).expect("built");
    } else {
        index.apply(&Changes { put, gone: Vec::new(), tags: Vec::new(), position });
    }
    (folder, index)
}

/// Hides works as a case says.
fn hide(store: &Store, works: &[WorkId], accounts: &[AccountId], case: &[Hiding]) {
    let account = |number: &usize| accounts[number - 1];
    for (work, (owner, audience, posted, planned, binned, [named, along])) in works.iter().zip(case)
    {
        let change = |shown: &mut Visibility| {
            *shown = Visibility {
                owner: (*owner > 0).then(|| account(owner)),
                audience: Audience::ALL[*audience],
                posted_at: posted.then_some(NOW),
                post_at: planned.then_some(Millis(NOW.0 + 1)),
                binned_at: binned.then_some(NOW),
                named: named.iter().map(account).collect(),
                writers: shown.writers.clone(),
            }
        };
        let written: Result<(), Error> = store.write(|tx| {
            tx.show_to(*work, change, NOW)?;
            for gone in tx.writers(*work)? {
                tx.remove_writer(*work, gone.account, false, NOW)?;
            }
            for writer in along {
                tx.insert_writer(*work, account(writer), "Pen", NOW)?;
            }
            Ok(())
        });
        written.expect("written");
    }
}

fn holds(library: &Library, works: &[WorkId], accounts: &[AccountId], case: &[Hiding]) {
    let store = &library.store;
    hide(store, works, accounts, case);
    let checked: Result<(), Error> = store.read(|tx| {
        let (_folder, index) = indexed(tx, works, case[0].2);
        for viewer in viewers(accounts, works) {
            let view = tx.viewed(viewer.clone());
            let request = Request { viewer: view.filter_viewer()?, ..Request::everything() };
            let found = index.find(&request);
            assert_eq!(found.total, found.works.len() as u64);
            let shelf = view.works(&fanfold::store::Listing { limit: 99, ..Default::default() })?;
            let rows = view.work_rows(works)?;
            for work in works {
                let shown = tx.visibility(*work)?.expect("there");
                let (reads, listed) = (viewer.may_read(*work, &shown), viewer.is_shown(&shown));
                let told = format!("{viewer:?} of {shown:?}");
                assert_eq!(view.sees(*work)?, reads, "reads: {told}");
                assert_eq!(view.work(*work)?.is_some(), reads, "work: {told}");
                assert_eq!(view.work_row(*work)?.is_some(), reads, "row: {told}");
                assert_eq!(rows.iter().any(|row| row.id == *work), reads, "rows: {told}");
                assert_eq!(view.chapter(*work, 1)?.is_some(), reads, "chapter: {told}");
                assert_eq!(view.chapters(*work)?.len(), usize::from(reads), "text: {told}");
                assert_eq!(view.contents(*work)?.is_empty(), !reads, "contents: {told}");
                assert_eq!(view.revisions(*work)?.is_empty(), !reads, "revisions: {told}");
                assert_eq!(found.works.contains(&work.0), listed, "filters: {told}");
                let on_shelf = shelf.rows.iter().any(|row| row.id == *work);
                assert_eq!(on_shelf, listed, "shelf: {told}");
                let writes = viewer.writes(&shown);
                assert!(reads || !writes, "writers read: {told}");
                let mut desks = viewer
                    .account()
                    .map(|own| tx.desks(own, viewer.owns_archive(), 0, 99))
                    .transpose()?
                    .unwrap_or_default()
                    .into_iter()
                    .map(|row| row.work);
                // Of works that belong to nobody only those with a draft or in the bin stand there.
                let lists = shown.owner.is_some() || !viewer.owns(&shown);
                if lists && shown.posted_at.is_some() {
                    assert_eq!(desks.any(|own| own == *work), writes, "desks: {told}");
                }
                // Nobody is shown in lists what they may not open.
                assert!(reads || !listed, "{told}");
            }
            assert_eq!(shelf.total, shelf.rows.len() as u64);
        }
        let public = |work: &&WorkId| {
            tx.visibility(**work).expect("read").is_some_and(|shown| shown.is_public())
        };
        let public = works.iter().filter(public).count() as u64;
        assert_eq!(tx.totals()?.works, public);
        let tag = tx.tag_named(None, "Lanterns")?.expect("a tag");
        assert_eq!((tag.uses, tag.all_uses), (public, public));
        let hides = works.iter().any(|work| {
            !tx.visibility(*work).expect("read").is_some_and(|shown| shown.is_public())
        });
        assert_eq!(tx.hides_nothing()?, !hides);
        // That these works were never posted in the usual way is as it must be here.
        let wrong = tx.verify()?.into_iter().filter(|said| !said.contains("never posted"));
        assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
        Ok(())
    });
    checked.expect("read");
}

#[test]
fn the_rule_is_the_same_in_rust_in_sql_and_in_the_filters() {
    on_each(|library| {
        let accounts = accounts(&library.store);
        let insert = |number: usize| {
            let mut work = plain(&format!("Work {number}"), "Nobody was on the quay.");
            work.facts.tags =
                vec![(fanfold_doc::imported::TagKind::Freeform, "Lanterns".to_owned())];
            let put = library.store.write(|tx| tx.insert_work(&work, NOW, "a test"));
            put.expect("written")
        };
        let works: Vec<WorkId> = (0..WORKS).map(insert).collect();
        let cases = prop::collection::vec(hiding(), WORKS);
        let mut runner = TestRunner::new(Config { cases: 60, ..Config::default() });
        let ran = runner.run(&cases, |case| {
            holds(library, &works, &accounts, &case);
            Ok(())
        });
        ran.expect("the three are equal");
    });
}

/// What an unknown work is answered, at every address that works have.
fn absent(site: &Site, work: &str, headers: &[(&str, &str)]) -> Vec<(u16, String)> {
    let zeros = "0".repeat(64);
    let ends = ["", "/entire", "/chapters/1", "/chapters/1?q=lighthouse", "/download/epub"];
    let more = ["/download/html", "/download/markdown", "/visibility"];
    let ends = ends.into_iter().chain(more).map(str::to_owned);
    let answers = ends.chain([format!("/originals/{zeros}")]).map(|end| {
        let answer = site.ask(Method::GET, &format!("{work}{end}"), headers);
        let kept = answer.header("etag").to_owned();
        (answer.status, format!("{kept}\n{}", answer.text()))
    });
    answers.collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
fn what_is_hidden_looks_like_what_is_not_there() {
    let prose = "The lighthouse was painted with the juice of purple brambles.";
    let site = Site::with(&[
        (
            "a.txt",
            "Title: Salt\nAuthor: Mira\nFandom: Sea\nTags: Angst\n\nA boat went out at noon.\n",
        ),
        (
            "b.txt",
            &format!(
                "Title: Bramble\nAuthor: Hidden Hand\nFandom: Sea\nTags: Secret Jam\n\n{prose}\n"
            ),
        ),
    ]);
    site.get_until("/search?q=brambles", |page| page.text().contains("1 work found"));
    site.get_until("/?q=%22Secret+Jam%22", |page| page.text().contains("Bramble"));
    let (work, page) = (site.work("Bramble"), site.get("/").text());
    assert!(page.contains("2 works"), "{page}");
    let original = site.get(&work).text();
    let original = original.split("/originals/").nth(1).and_then(|rest| rest.get(..64));
    let original = format!("{work}/originals/{}", original.expect("an original"));
    let tags = site.get("/tags?q=Secret+Jam").is(200).text();
    let end = tags.find("\" dir=\"auto\">Secret Jam<").expect("the tag");
    let tag = format!("/tags/{}", tags[..end].rsplit('/').next().expect("a key"));
    // Whatever is looked at now is kept for the next who comes; it must not outlive the hiding.
    for path in [work.as_str(), &original, &tag, "/feed", "/"] {
        site.get(path).is(200);
    }
    let owner = ("cookie", site.owner());
    let hide = |audience: &str| {
        let form = format!("audience={audience}");
        site.send(&format!("{work}/visibility"), &form, &[OWN, owner]).is(303);
    };
    for audience in ["named", "members", "link"] {
        hide(audience);
        assert_eq!(absent(&site, &work, &[]), absent(&site, "/works/999999", &[]), "{audience}");
        site.get(&original).is(404);
        site.get("/").is(200).sees("1 work<").sees_no("Bramble").sees_no("Secret Jam");
        site.get("/search?q=brambles").is(200).sees("Nothing was found").sees_no("Bramble");
        site.get("/search?q=noon").is(200).sees("1 work found");
        site.get("/?q=brambles").is(200).sees_no("Bramble").sees_no("Secret Jam");
        site.get("/feed").is(200).sees("Salt").sees_no("Bramble");
        site.get(&tag).is(404);
        site.get("/tags/suggest?q=secret").is(200).sees_no("Secret Jam");
        site.get("/tags/suggest?q=secret&within=Sea").is(200).sees_no("Secret Jam");
        site.get("/tags?q=secret").is(200).sees_no(">Secret Jam<");
        site.get("/tags?kind=freeforms").is(200).sees_no("Secret Jam");
        site.get("/import").is(200).sees_no("Bramble");
        let fandom = site.get("/tags/suggest?q=sea&kind=fandom").is(200).text();
        assert_eq!(fandom, "[{\"name\":\"Sea\",\"uses\":1}]");
        // A name that only hidden works say is as unknown as any other.
        for (known, unknown) in [
            ("freeform:%22Secret+Jam%22", "freeform:%22Sekret+Jam%22"),
            ("author:%22Hidden+Hand%22", "author:%22Hidder+Hand%22"),
        ] {
            let page = |asked: &str| {
                let text = site.get(&format!("/?q={asked}")).is(200).text();
                text.replace("Sekret", "Secret").replace("Hidder", "Hidden")
            };
            assert_eq!(page(known), page(unknown), "{audience}");
        }
        for number in 0..20 {
            let (_, place) = site.redirect(&format!("/random?{number}"));
            assert_ne!(place, work, "{audience}");
        }
        // Its owner sees it as before.
        let sees = |path: &str| site.ask(Method::GET, path, &[owner]).is(200);
        sees(&work).sees("Bramble");
        sees(&original);
        sees(&tag).sees("1 work<");
        sees("/search?q=brambles").sees("1 work found");
        sees("/").sees("2 works<").sees("Bramble");
        sees("/feed").sees("Bramble");
    }
    // The link of an unlisted work opens it, on this browser alone, until there is another link.
    let link = || {
        let form = site.send(&format!("{work}/visibility"), "act=link", &[OWN, owner]).is(200);
        let text = form.text();
        let rest = text.split("<code class=\"secret\">").nth(1).expect("a link").to_owned();
        rest.split('<').next().expect("an end").to_owned()
    };
    let (old, new) = (link(), link());
    site.get(&old).is(404);
    let request = site.ask_plainly(&new).is(303);
    let cookie = request.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let holder = [("cookie", cookie.as_str())];
    site.ask(Method::GET, &work, &holder).is(200).sees("Bramble");
    site.ask(Method::GET, &original, &holder).is(200);
    site.ask(Method::GET, "/", &holder).is(200).sees_no("Bramble");
    site.get(&work).is(404);
    hide("named");
    site.ask(Method::GET, &work, &holder).is(404);
    site.get(&new).is(404);
    // Those whom the owner names see it, and only once they are named.
    let unknown =
        site.send(&format!("{work}/visibility"), "audience=named&named=Zed", &[OWN, owner]);
    unknown.is(422).sees("Nobody here is called Zed");
    hide("everyone");
    site.get(&work).is(200);
    site.get("/").is(200).sees("2 works<");
    site.get(&tag).is(200);
}

#[test]
fn images_of_hidden_works_are_hidden() {
    let site = Site::with(&[("a.txt", "Title: Salt\n\nA boat went out at noon.\n")]);
    site.import_file("examples/stories/the-clockmakers-moon.epub");
    site.get_until("/", |page| page.text().contains("2 works"));
    let work = site.work("The Clockmaker’s Moon");
    let text = site.get(&format!("{work}/entire")).is(200).text();
    let image = text.split("src=\"/media/").nth(1).expect("an image").split('"').next();
    let image = format!("/media/{}", image.expect("a name"));
    assert!(site.get(&image).is(200).header("cache-control").contains("immutable"));
    let owner = ("cookie", site.owner());
    let form = "audience=members";
    site.send(&format!("{work}/visibility"), form, &[OWN, owner]).is(303);
    let unknown = format!("/media/{}.png", "0".repeat(64));
    assert_eq!(site.get(&image).is(404).text(), site.get(&unknown).text());
    let own = site.ask(Method::GET, &image, &[owner]).is(200);
    assert!(own.header("cache-control").starts_with("private"), "{:?}", own.headers);
}
