//! What proves who somebody is: passwords (Argon2id, RFC 9106) and one-time codes (TOTP, RFC 6238).
//!
//! Pure functions over bytes; keeping them is the store's, asking for them the site's. Checking a
//! password takes some 20 MiB and tens of milliseconds, on purpose: call it from threads that may
//! wait, a few at a time.

use std::fmt::Write;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The bytes of a password's salt.
pub const SALT_BYTES: usize = 16;
/// The bytes of a second factor's secret (RFC 4226, section 4: as long as the hash).
pub const TOTP_BYTES: usize = 20;
/// How long a code is shown, seconds.
const STEP_SECONDS: u64 = 30;
/// How many steps a clock may be off, either way.
const STEPS_OFF: u64 = 1;
/// The digits of a code.
const DIGITS: usize = 6;

/// A password as it is kept: in PHC string format, with its salt and its costs. Longer ones than a
/// form takes are the caller's to refuse.
///
/// # Errors
/// Where this machine cannot hash, which only a lack of memory explains.
pub fn hash_password(password: &str, salt: &[u8; SALT_BYTES]) -> anyhow::Result<String> {
    let hash: PasswordHash =
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), salt)
            .map_err(|error| anyhow::anyhow!("a password cannot be hashed: {error}"))?;
    Ok(hash.to_string())
}

/// Whether a password is the one that is kept. Where none is, it takes as long to say no.
pub fn is_password(password: &str, kept: Option<&str>) -> bool {
    let argon = Argon2::default();
    let Some(kept) = kept.and_then(|kept| PasswordHash::new(kept).ok()) else {
        let _: Result<PasswordHash, _> =
            argon.hash_password_with_salt(password.as_bytes(), &[0; SALT_BYTES]);
        return false;
    };
    argon.verify_password(password.as_bytes(), &kept).is_ok()
}

/// The code of a step (RFC 4226, section 5.3); a step is half a minute since 1970.
pub fn totp_code(secret: &[u8], step: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let bytes = mac.finalize().into_bytes();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let part: Vec<u8> = bytes.iter().skip(offset).take(4).copied().collect();
    let number = part.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:0DIGITS$}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code this is, if it is of now or of the steps beside it. `millis` is the time.
pub fn totp_step(secret: &[u8], typed: &str, millis: i64) -> Option<u64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = u64::try_from(millis).ok()? / 1_000 / STEP_SECONDS;
    let steps = now.saturating_sub(STEPS_OFF)..=now + STEPS_OFF;
    // All are looked at, however early one fits.
    let fits = |step: &u64| typed.len() == DIGITS && is_same(&totp_code(secret, *step), &typed);
    steps.filter(fits).fold(None, |_, step| Some(step))
}

/// Compares without stopping at the first difference.
fn is_same(one: &str, two: &str) -> bool {
    let differ = one.bytes().zip(two.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == two.len() && differ == 0
}

/// A secret as people type it into their authenticator (base 32, RFC 4648).
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let mut all = [0; 8];
        // At most five bytes go behind the first three.
        all.iter_mut().skip(3).zip(five).for_each(|(to, byte)| *to = *byte);
        let number = u64::from_be_bytes(all);
        for at in 0..(five.len() * 8).div_ceil(5) {
            let letter = number >> (35 - 5 * at) & 31;
            text.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[letter as usize]));
        }
    }
    text
}

/// A secret as it was typed back.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u64, 0);
    for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            letter @ b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(((bits >> held) & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// The address that authenticators read.
pub fn totp_address(secret: &[u8], name: &str) -> String {
    let mut label = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => label.push(char::from(byte)),
            byte => {
                let _ = write!(label, "%{byte:02X}");
            }
        }
    }
    format!("otpauth://totp/Fanfold:{label}?secret={}&issuer=Fanfold", base32(secret))
}

/// A recovery code of these bytes: four groups of four letters, without those that look alike.
pub fn recovery_code(bytes: &[u8; 16]) -> String {
    let letters = b"abcdefghjkmnpqrstuvwxyz23456789x";
    let letter = |byte: &u8| char::from(letters[usize::from(byte % 32)]);
    let all: Vec<char> = bytes.iter().map(letter).collect();
    let groups: Vec<String> = all.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// A recovery code as it is compared: however it was typed.
pub fn plain_code(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (seconds, want) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp_code(secret, seconds / 30), want);
            let millis = i64::try_from(seconds).expect("a time") * 1_000;
            assert_eq!(totp_step(secret, want, millis), Some(seconds / 30));
            assert_eq!(
                totp_step(secret, &format!(" {want} "), millis + 30_000),
                Some(seconds / 30)
            );
            assert_eq!(totp_step(secret, want, millis + 90_000), None);
        }
        for wrong in ["", "28708", "2870822", "abcdef", "２８７０８２"] {
            assert_eq!(totp_step(secret, wrong, 59_000), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_typed_and_read_back() {
        // RFC 4648, section 10.
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("my"), Some(b"f".to_vec()));
        assert_eq!(from_base32("M1"), None);
        assert_eq!(
            totp_address(b"f", "Mira V&x=1"),
            "otpauth://totp/Fanfold:Mira%20V%26x%3D1?secret=MY&issuer=Fanfold"
        );
    }

    #[test]
    fn passwords_are_salted_and_checked() {
        let kept = hash_password("tide lamp kettle", &[7; SALT_BYTES]).expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash_password("tide lamp kettle", &[8; SALT_BYTES]).expect("hashed"));
        assert!(is_password("tide lamp kettle", Some(&kept)));
        assert!(!is_password("tide lamp kettles", Some(&kept)));
        assert!(!is_password("tide lamp kettle", None));
        assert!(!is_password("", Some("no hash at all")));
    }

    #[test]
    fn recovery_codes_are_read_however_typed() {
        let code = recovery_code(&[255; 16]);
        assert_eq!(code, "xxxx-xxxx-xxxx-xxxx");
        assert_eq!(plain_code(" XXXX xxxx-XXXXxxxx\n"), "x".repeat(16));
    }
}
