//! One made-up work, and its page as AO3's HTML download has it.

use std::fmt::Write as _;

use crate::Plan;
use crate::chance::Dice;
use crate::prose::{Habits, Prose};
use crate::world::{CATEGORIES, Fandom, RATINGS, WARNINGS, World, capital};

const SITE: &str = "https://archiveofourown.org";

pub struct Work {
    pub id: u64,
    pub title: String,
    pub author: String,
    pub tags: Vec<(&'static str, Vec<String>)>,
    pub series: Option<(String, u64)>,
    pub summary: String,
    pub published: String,
    pub finished: Option<(&'static str, String)>,
    pub planned: Option<usize>,
    pub chapters: Vec<(String, String)>,
    pub words: u64,
}

pub fn one_of(dice: &mut Dice, table: &[(&'static str, f64)]) -> Vec<String> {
    let at = dice.unit();
    let found = table.iter().find(|(_, upto)| at < *upto);
    found.map(|(name, _)| (*name).to_owned()).into_iter().collect()
}

/// `count` different things; fewer where chance repeats itself.
pub fn several(count: f64, mut draw: impl FnMut() -> String) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for _ in 0..count as usize {
        let next = draw();
        if !all.contains(&next) {
            all.push(next);
        }
    }
    all
}

pub fn invent_tags(
    world: &World,
    dice: &mut Dice,
    fandom: &Fandom,
) -> Vec<(&'static str, Vec<String>)> {
    let mut fandoms = vec![fandom.name.clone()];
    if dice.chance(0.14) {
        fandoms.push(world.fandoms[world.fandom_rank.draw(dice)].name.clone());
    }
    let person = |dice: &mut Dice| fandom.cast[world.cast_rank.draw(dice)].clone();
    let ships = if dice.chance(0.145) { 0.0 } else { dice.lognormal(1.3, 0.85).min(60.0) };
    let relationships = several(ships.max(if ships > 0.0 { 1.0 } else { 0.0 }), || {
        let joint = if dice.chance(0.8) { "/" } else { " & " };
        format!("{}{joint}{}", person(dice), person(dice))
    });
    let people = dice.lognormal(3.5, 1.0).clamp(1.0, 40.0);
    let characters = several(people, || person(dice));
    let loose = if dice.chance(0.115) { 0.0 } else { dice.lognormal(5.5, 0.9).min(120.0) };
    let freeforms = several(loose, || world.freeforms[world.freeform_rank.draw(dice)].clone());
    let mut tags = vec![
        ("Rating", one_of(dice, RATINGS)),
        ("Archive Warning", one_of(dice, WARNINGS)),
        ("Category", one_of(dice, CATEGORIES)),
        ("Fandom", fandoms),
        ("Relationship", relationships),
        ("Character", characters),
        ("Additional Tag", freeforms),
    ];
    tags.retain(|(_, names)| !names.is_empty());
    tags
}

impl Work {
    pub fn invent(plan: &Plan, world: &World, number: u64) -> Self {
        let mut dice = Dice::new(plan.seed ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let fandom = &world.fandoms[world.fandom_rank.draw(&mut dice)];
        // The mean of a lognormal is its median times exp(sigma² / 2).
        let median = plan.words_mean * (-plan.words_sigma.powi(2) / 2.0).exp();
        let length = dice.lognormal(median, plan.words_sigma).clamp(100.0, 2_000_000.0);
        let parts = if plan.words_sigma == 0.0 || length < 400.0 || dice.chance(0.4) {
            1
        } else {
            (length / dice.lognormal(1_200.0, 0.6)).round().clamp(1.0, 400.0) as usize
        };
        let tags = invent_tags(world, &mut dice, fandom);
        let title = capital(&format!(
            "{} {} of the {}",
            world.adjective(&mut dice),
            world.noun(&mut dice),
            world.noun(&mut dice)
        ));
        let author = world.authors[world.author_rank.draw(&mut dice)].clone();
        let series = dice.chance(0.28).then(|| {
            (
                format!("The {} {}", capital(world.noun(&mut dice)), capital(&author)),
                1 + dice.below(9) as u64,
            )
        });
        let year = 2010 + dice.below(16);
        let published = format!("{year}-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28));
        let complete = dice.chance(0.841);
        let finished = (parts > 1).then(|| {
            (if complete { "Completed" } else { "Updated" }, format!("{}-01-15", year + 1))
        });
        let curly = dice.chance(0.48);
        let mut prose = Prose { world, cast: &fandom.cast, dice, out: String::new(), words: 0 };
        let habits = Habits::draw(&mut prose.dice, curly);
        prose.paragraph(&habits);
        let summary = std::mem::take(&mut prose.out);
        prose.words = 0;
        let chapters = (0..parts)
            .map(|_| {
                prose.chapter((length / parts as f64) as u64, curly);
                let heading = capital(world.noun(&mut prose.dice));
                (heading, std::mem::take(&mut prose.out))
            })
            .collect();
        let planned = (complete || parts == 1).then_some(parts);
        let (id, words) = (9_100_000_000 + number, prose.words);
        Self {
            id,
            title,
            author,
            tags,
            series,
            summary,
            published,
            finished,
            planned,
            chapters,
            words,
        }
    }

    pub fn file_name(&self, number: u64) -> String {
        let short: String = self.title.replace(' ', "_").chars().take(24).collect();
        format!("{short}_{number}")
    }

    pub fn url(&self) -> String {
        format!("{SITE}/works/{}", self.id)
    }

    pub fn byline(&self) -> String {
        let name = &self.author;
        format!(
            "<div class=\"byline\">by <a rel=\"author\" href=\"{SITE}/users/{name}/pseuds/{name}\">\
             {name}</a></div>\n"
        )
    }

    pub fn message(&self) -> String {
        let (title, url) = (&self.title, self.url());
        format!(
            "<p class=\"message\">\n    <b>{title}</b><br />\n    Posted originally on the \
             <a href=\"{SITE}/\">Archive of Our Own</a> at <a href=\"{url}\">{url}</a>.\n  </p>\n"
        )
    }

    /// The list of tags and figures of the preface.
    pub fn tag_list(&self) -> String {
        let mut out = String::from("<dl class=\"tags\">\n");
        for (kind, names) in &self.tags {
            let label = match (names.len(), *kind) {
                (1, kind) => kind.to_owned(),
                (_, "Category") => "Categories".to_owned(),
                (_, kind) => format!("{kind}s"),
            };
            let links: Vec<_> = names.iter().map(|name| tag_link(name)).collect();
            let _ = writeln!(out, "<dt>{label}:</dt>\n<dd>{}</dd>", links.join(", "));
        }
        out += "<dt>Language:</dt>\n<dd>English</dd>\n";
        if let Some((name, part)) = &self.series {
            let _ = writeln!(
                out,
                "<dt>Series:</dt>\n<dd>Part {part} of\n\
                <a href=\"{SITE}/series/{}\">{name}</a></dd>",
                self.id / 10
            );
        }
        let _ = write!(out, "<dt>Stats:</dt>\n<dd>\nPublished: {}\n", self.published);
        if let Some((label, date)) = &self.finished {
            let _ = writeln!(out, "{label}: {date}");
        }
        let planned = self.planned.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let _ = write!(
            out,
            "Words: {}\nChapters: {}/{planned}\n</dd>\n</dl>\n",
            thousands(self.words),
            self.chapters.len()
        );
        out
    }

    pub fn summary_block(&self) -> String {
        format!("<p>Summary</p>\n<blockquote class=\"userstuff\">{}</blockquote>\n", self.summary)
    }

    pub fn heading(&self, index: usize, name: &str) -> String {
        match self.chapters.len() {
            1 => format!("<h2 class=\"toc-heading\">{}</h2>\n", self.title),
            _ => format!(
                "<div class=\"meta group\">\n  <h2 class=\"heading\">\n      Chapter {}: {name}\n  \
                 </h2>\n</div>\n\n<!--chapter content-->\n",
                index + 1
            ),
        }
    }

    pub fn afterword(&self) -> String {
        format!(
            "<div id=\"afterword\">\n  <h2 class=\"toc-heading\">Afterword</h2>\n  \
             <p class=\"message\">Please <a href=\"{}/comments/new\">drop by the Archive and \
             comment</a> to let the creator know if you enjoyed their work!</p>\n</div>\n",
            self.url()
        )
    }

    pub fn to_html(&self) -> String {
        let length: usize = self.chapters.iter().map(|(_, body)| body.len()).sum();
        let mut out = String::with_capacity(length + 8_192);
        let fandom = self.tags.iter().find(|(kind, _)| *kind == "Fandom");
        let fandom = fandom.map_or_else(String::new, |(_, names)| names.join(", "));
        let _ = write!(
            out,
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \
             \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\n\
             <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n<head>\n  \
             <meta charset=\"utf-8\" />\n  <title>{0} - {1} - {fandom}</title>\n</head>\n<body>\n\n\
             <div id=\"preface\">\n  <h2 class=\"toc-heading\">Preface</h2>\n\n  {2}\n  \
             <div class=\"meta\">\n{3}<h1>{0}</h1>\n{4}{5}</div>\n</div>\n\n\n\
             <div id=\"chapters\" class=\"userstuff\">\n",
            self.title,
            self.author,
            self.message(),
            self.tag_list(),
            self.byline(),
            self.summary_block(),
        );
        for (index, (name, body)) in self.chapters.iter().enumerate() {
            let _ = write!(
                out,
                "{}<div class=\"userstuff\">\n  {body}\n</div>\n",
                self.heading(index, name)
            );
            if self.chapters.len() > 1 {
                out += "<!--/chapter content-->\n\n";
            }
        }
        let _ = write!(out, "</div>\n\n\n{}\n</body>\n</html>\n", self.afterword());
        out
    }
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
}

/// A tag as a link, with AO3's own spelling of `/`, `&` and `.` in addresses.
pub fn tag_link(name: &str) -> String {
    let address =
        name.replace('/', "*s*").replace('&', "*a*").replace('.', "*d*").replace(' ', "%20");
    format!("<a href=\"{SITE}/tags/{address}\">{}</a>", escape(name))
}

/// 1234567 as 1,234,567.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
