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

use crate::store_contract::{Library, NOW, on_each, plain};

/// How one work of a test is hidden: its owner (0 for nobody), audience, posted, planned, binned,
/// and who is named.
type Hiding = (usize, usize, bool, bool, bool, Vec<usize>);

/// The accounts of a test: two members, a wrangler, a moderator, the owner, and one more member.
const ROLES: [Role; 6] =
    [Role::Member, Role::Member, Role::Wrangler, Role::Moderator, Role::Owner, Role::Member];
const WORKS: usize = 6;

fn hiding() -> impl Strategy<Value = Hiding> {
    let named = prop::collection::vec(1..=ROLES.len(), 0..3);
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

fn holds(library: &Library, works: &[WorkId], accounts: &[AccountId], case: &[Hiding]) {
    let store = &library.store;
    let account = |number: &usize| accounts[number - 1];
    for (work, (owner, audience, posted, planned, binned, named)) in works.iter().zip(case) {
        let change = |shown: &mut Visibility| {
            *shown = Visibility {
                owner: (*owner > 0).then(|| account(owner)),
                audience: Audience::ALL[*audience],
                posted_at: posted.then_some(NOW),
                post_at: planned.then_some(Millis(NOW.0 + 1)),
                binned_at: binned.then_some(NOW),
                named: named.iter().map(account).collect(),
            }
        };
        store.write(|tx| tx.show_to(*work, change, NOW)).expect("written");
    }
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
        assert_eq!(tx.verify()?, Vec::<String>::new());
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
