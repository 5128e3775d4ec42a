//! Passkeys and addresses of accounts.

use fanfold::archive::account::AccountState;
use fanfold::archive::mail::Address;
use fanfold::archive::person::{AccountId, PasskeyId};
use fanfold::archive::work::{Hash, Millis};
use fanfold::store::{NewPasskey, Parting};

use super::{NOW, Told, account, on_each};

const DAY: i64 = 86_400_000;

fn key<'a>(account: AccountId, credential: &'a [u8]) -> NewPasskey<'a> {
    NewPasskey { account, credential, public_key: b"public", counter: 3, name: "Desk" }
}

#[test]
fn passkeys_are_kept_once_and_count_up() {
    on_each(|library| {
        let store = &library.store;
        let (ann, ben) = (account(store, "Ann"), account(store, "Ben"));
        let add = |new: &NewPasskey<'_>| -> bool {
            let added: Told<_> = store.write(|tx| tx.insert_passkey(new, NOW));
            added.expect("written")
        };
        assert!(add(&key(ann, b"one")) && add(&key(ann, b"two")) && add(&key(ben, &[0, 255])));
        assert!(!add(&key(ben, b"one")), "whosever it is");
        let kept = store.read(|tx| tx.passkeys(ann)).expect("read");
        let names: Vec<&[u8]> = kept.iter().map(|own| own.credential.as_slice()).collect();
        assert_eq!(names, [b"one", b"two"]);
        let found = store.read(|tx| tx.passkey_called(&[0, 255])).expect("read").expect("there");
        assert_eq!((found.account, found.counter, found.used_at), (ben, 3, None));
        assert_eq!(store.read(|tx| tx.passkey_called(b"on")).expect("read"), None);
        // Counters go up, or stay at nothing.
        let used = |id: PasskeyId, counter: u32| -> bool {
            let used: Told<_> = store.write(|tx| tx.use_passkey(id, counter, NOW));
            used.expect("written")
        };
        let one = kept[0].id;
        assert!(used(one, 4) && !used(one, 4) && !used(one, 3) && !used(one, 0));
        assert!(used(one, u32::MAX) && !used(one, u32::MAX));
        assert!(add(&NewPasskey { counter: 0, ..key(ann, b"three") }));
        let three = store.read(|tx| tx.passkeys(ann)).expect("read")[2].id;
        assert!(used(three, 0) && used(three, 0) && used(three, 1) && !used(three, 0));
        assert!(!used(PasskeyId(99), 1));
        // Of others nothing is renamed or removed.
        let told: Told<_> = store.write(|tx| {
            tx.rename_passkey(ben, one, "Stolen")?;
            tx.remove_passkey(ben, one)
        });
        assert!(!told.expect("written"));
        assert_eq!(store.read(|tx| tx.passkeys(ann)).expect("read")[0].name, "Desk");
        assert_eq!(store.read(|tx| tx.account(ann)).expect("read").expect("there").passkeys, 3);
        let gone: Told<_> = store.write(|tx| tx.remove_passkey(ann, one));
        assert!(gone.expect("written"));
        assert_eq!(store.read(|tx| tx.account(ann)).expect("read").expect("there").passkeys, 2);
        // A handle is chosen once.
        let handle = |fresh: &[u8]| -> Vec<u8> {
            let handle: Told<_> = store.write(|tx| tx.handle_for(ann, fresh));
            handle.expect("written")
        };
        assert_eq!(handle(b"first"), b"first");
        assert_eq!(handle(b"second"), b"first");
        assert_eq!(store.read(|tx| tx.passkey_handle(ben)).expect("read"), None);
    });
}

#[test]
fn addresses_are_confirmed_by_links_that_work_once() {
    on_each(|library| {
        let store = &library.store;
        let (ann, ben) = (account(store, "Ann"), account(store, "Ben"));
        let address = |text: &str| Address::parse(text).expect("an address");
        let link = |secret: &[u8], account, to: &str, until: i64| {
            let told: Told<_> = store.write(|tx| {
                tx.insert_address_link(&Hash::of(secret), account, &address(to), NOW, Millis(until))
            });
            told.expect("written");
        };
        let use_up = |secret: &[u8], at: i64| {
            let told: Told<_> =
                store.write(|tx| tx.use_address_link(&Hash::of(secret), Millis(at)));
            told.expect("written")
        };
        link(b"old", ann, "a@x.example", NOW.0 + DAY);
        link(b"new", ann, "A2@x.example", NOW.0 + DAY);
        link(b"ben", ben, "b@x.example", NOW.0 + DAY);
        assert_eq!(use_up(b"old", NOW.0), None, "the second is worth more");
        assert_eq!(use_up(b"ben", NOW.0 + DAY), None, "too late");
        assert_eq!(use_up(b"ben", NOW.0), None, "and used up by it");
        let waiting = store.read(|tx| tx.waiting_address(ann, NOW)).expect("read");
        assert_eq!(waiting.as_deref(), Some("A2@x.example"));
        assert_eq!(use_up(b"new", NOW.0 + DAY - 1), Some((ann, "A2@x.example".to_owned())));
        assert_eq!(use_up(b"new", NOW.0), None);
        let put = |account, to: Option<&Address>| {
            let told: Told<_> = store.write(|tx| tx.put_address(account, to));
            told.expect("written");
        };
        put(ann, Some(&address("A2@x.example")));
        put(ben, Some(&address("a2@X.example")));
        let at = |text: &str, most| {
            let rows = store.read(|tx| tx.accounts_at(&address(text), most)).expect("read");
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(at("a2@x.example", 5), [ann, ben]);
        assert_eq!(at("a2@x.example", 1), [ann]);
        assert_eq!(at("a@x.example", 5), []);
        // Whoever cannot sign in gets no mail, and no link is good.
        link(b"more", ben, "b@x.example", NOW.0 + DAY);
        let told: Told<_> = store.write(|tx| tx.put_state(ben, AccountState::Closed));
        told.expect("written");
        assert_eq!(at("a2@x.example", 5), [ann]);
        assert_eq!(use_up(b"more", NOW.0), None);
        put(ann, None);
        assert_eq!(at("a2@x.example", 5), []);
        assert_eq!(store.read(|tx| tx.account(ann)).expect("read").expect("there").address, None);
    });
}

#[test]
fn whoever_leaves_leaves_no_key_and_no_address() {
    on_each(|library| {
        let store = &library.store;
        let ann = account(store, "Ann");
        let address = Address::parse("a@x.example").expect("an address");
        let told: Told<_> = store.write(|tx| {
            tx.insert_passkey(&key(ann, b"one"), NOW)?;
            tx.handle_for(ann, b"handle")?;
            tx.put_address(ann, Some(&address))?;
            let until = Millis(NOW.0 + DAY);
            tx.insert_address_link(&Hash::of(b"x"), ann, &address, NOW, until)?;
            tx.delete_account(ann, Parting::Keep, NOW)
        });
        told.expect("written");
        let left = "SELECT (SELECT COUNT(*) FROM passkeys) + (SELECT COUNT(*) FROM address_links)
            + (SELECT COUNT(*) FROM accounts WHERE address IS NOT NULL
                OR address_key IS NOT NULL OR passkey_handle IS NOT NULL)";
        assert_eq!(library.count(left), 0);
        // The authenticator may be somebody else's from now on.
        let ben = account(store, "Ben");
        let added: Told<_> = store.write(|tx| tx.insert_passkey(&key(ben, b"one"), NOW));
        assert!(added.expect("written"));
    });
}
