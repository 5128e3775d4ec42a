//! Proposals to merge: tags of this archive that look like the same.
//!
//! The rules are those of `archive::alike`. All tags are read once and grouped by a number made of
//! what the rules leave of their names; only groups of several are looked at again. Takes 16 bytes
//! of memory a tag.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::tags::{tag_columns, tag_of};
use super::value::{Value, values};
use super::{Error, Read};
use crate::archive::alike::{Names, Rule};
use crate::archive::tag::{Kind, Tag};
use crate::archive::work::{TagId, WorkId};

/// Two tags that are the same, by the look of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeProposal {
    /// What would become a synonym. No other proposal is about it, so its key names the proposal.
    pub tag: Tag,
    /// What it would become a synonym of: a canonical, else the most used, else the first by name.
    pub into: Tag,
    /// The tag that it looks like: `into`, or a synonym of that.
    pub like: Tag,
    /// How the names differ.
    pub rules: Vec<Rule>,
}

/// How many tags are read at once.
const PAGE: u64 = 8_192;
/// A name without its fandom is looked up in at most this many works.
const WORKS: u64 = 10_000;

impl Read<'_> {
    /// All proposals, those that touch the most works first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn merge_proposals(&self) -> Result<Vec<MergeProposal>, Error> {
        let mut names = Names::new();
        self.each_tag(Some(Kind::Fandom), |tag| names.add_fandom(&tag.name, tag.id.0))?;
        let mut marks: Vec<(u64, TagId)> = Vec::new();
        self.each_tag(None, |tag| {
            let mut hasher = DefaultHasher::new();
            (tag.kind, names.family(tag.kind, &tag.name)).hash(&mut hasher);
            marks.push((hasher.finish(), tag.id));
        })?;
        marks.sort_unstable();
        let groups = marks.chunk_by(|one, two| one.0 == two.0).filter(|group| group.len() > 1);
        let ids: Vec<TagId> = groups.flatten().map(|mark| mark.1).collect();
        drop(marks);
        let mut tags = self.tags_by_id(&ids)?;
        let canonicals: Vec<TagId> = tags.values().filter_map(|tag| tag.synonym_of).collect();
        let canonicals = self.tags_by_id(&canonicals)?;
        // What one number stands for may still be several families.
        let mut families: BTreeMap<(Kind, String), Vec<Tag>> = BTreeMap::new();
        for tag in ids.iter().filter_map(|id| tags.remove(id)) {
            let family = names.family(tag.kind, &tag.name);
            families.entry((tag.kind, family)).or_default().push(tag);
        }
        let sql = "SELECT tag, other FROM tag_apart";
        let apart = self.rows(sql, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let apart: HashSet<(TagId, TagId)> = apart.into_iter().collect();
        let mut proposals = Vec::new();
        for family in families.into_values() {
            for proposal in family_proposals(&names, family, &canonicals) {
                let (one, two) = (proposal.tag.id, proposal.into.id);
                if !apart.contains(&(one.min(two), one.max(two)))
                    && self.fandoms_agree(&names, &proposal)?
                {
                    proposals.push(proposal);
                }
            }
        }
        let uses = |proposal: &MergeProposal| proposal.tag.all_uses + proposal.into.all_uses;
        proposals.sort_by_key(|proposal| (std::cmp::Reverse(uses(proposal)), proposal.tag.id));
        Ok(proposals)
    }

    /// Looks at every tag that is used or means something, of a kind or of all.
    fn each_tag(&self, kind: Option<Kind>, mut look: impl FnMut(Tag)) -> Result<(), Error> {
        let sql = concat!(
            "SELECT ",
            tag_columns!(),
            " FROM tags t WHERE t.id > $1 AND (t.kind = $2 OR $2 = '')
             AND (t.uses > 0 OR t.canonical = 1 OR t.synonym_of IS NOT NULL)
             ORDER BY t.id LIMIT $3"
        );
        let kind = kind.map_or("", Kind::key);
        let mut after = TagId(0);
        loop {
            let tags = self.rows(sql, values![after, kind, PAGE], tag_of)?;
            let Some(last) = tags.last() else { return Ok(()) };
            after = last.id;
            tags.into_iter().for_each(&mut look);
        }
    }

    /// Whether the fandoms in the brackets of both names allow them to be the same: "Jack" can be
    /// "Jack (Titanic)" only if all works that say "Jack" are of that fandom.
    fn fandoms_agree(&self, names: &Names, proposal: &MergeProposal) -> Result<bool, Error> {
        let MergeProposal { tag, like, .. } = proposal;
        let [one, two] = [tag, like].map(|tag| names.fandoms_in(tag.kind, &tag.name));
        if one == two {
            return Ok(true);
        }
        let (plain, fandoms) = match (one.as_slice(), two.as_slice()) {
            ([], fandoms) => (tag, fandoms),
            (fandoms, []) => (like, fandoms),
            _ => return Ok(false),
        };
        if plain.uses > WORKS {
            return Ok(false);
        }
        let rows: Vec<[Value<'_>; 2]> =
            fandoms.iter().map(|fandom| [plain.id.into(), (*fandom).into()]).collect();
        let sql = "SELECT l.work FROM (VALUES {rows}) AS k JOIN work_tags l ON l.tag = k.column1
            JOIN work_tags f ON f.work = l.work AND f.tag = k.column2
            JOIN works w ON w.id = l.work WHERE w.audience = 0 AND w.posted_at IS NOT NULL
            AND w.binned_at IS NULL";
        let works: Vec<WorkId> = self.each(sql, &rows, |row| row.get(0))?;
        let works: HashSet<WorkId> = works.into_iter().collect();
        Ok(works.len() as u64 == plain.uses)
    }
}

/// The proposals for tags that are alike.
fn family_proposals(
    names: &Names,
    mut family: Vec<Tag>,
    canonicals: &HashMap<TagId, Tag>,
) -> Vec<MergeProposal> {
    // The most used first, then by name.
    family
        .sort_by(|one, two| two.all_uses.cmp(&one.all_uses).then_with(|| one.name.cmp(&two.name)));
    let head = |tag: &Tag| match tag.synonym_of {
        Some(of) => canonicals.get(&of).cloned(),
        None => tag.canonical.then(|| tag.clone()),
    };
    let mut heads: Vec<(Tag, Tag)> =
        family.iter().filter_map(|tag| Some((head(tag)?, tag.clone()))).collect();
    // Of a canonical that is there by several names, the first stands for it: its own, if it can.
    heads.sort_by(|(one, like), (two, alike)| {
        let own = |head: &Tag, like: &Tag| head.id != like.id;
        two.all_uses
            .cmp(&one.all_uses)
            .then_with(|| one.name.cmp(&two.name))
            .then_with(|| own(one, like).cmp(&own(two, alike)))
    });
    let first = heads.into_iter().next();
    let Some((into, like)) = first.or_else(|| family.first().map(|tag| (tag.clone(), tag.clone())))
    else {
        return Vec::new();
    };
    if into.kind.is_fixed() && !into.canonical {
        return Vec::new();
    }
    let others = family.into_iter().filter(|tag| tag.synonym_of.is_none() && tag.id != into.id);
    let others = others.filter(|tag| !(tag.canonical && tag.kind.is_fixed()));
    others
        .map(|tag| {
            let rules = names.rules(tag.kind, &tag.name, &like.name);
            MergeProposal { tag, into: into.clone(), like: like.clone(), rules }
        })
        .collect()
}
