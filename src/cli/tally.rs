//! How groups agree with labelled pairs: the arithmetic of `unspin eval`.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use crate::detector::Group;

/// Relations of labels whose pairs must share a group: this program's own, and those of published sets.
const POSITIVE: [&str; 8] = ["exact", "near", "excerpt", "light", "spun", "heavy", "paraphrase", "rewrite"];
/// Relations whose pairs must not.
const NEGATIVE: [&str; 3] = ["same-event", "unrelated", "boilerplate"];

/// A labelled pair: the fields `a`, `b` and `relation`, and any others.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    a: String,
    b: String,
    relation: String,
    fields: Map<String, Value>,
}

impl Label {
    /// A label, or what it lacks.
    pub(crate) fn new(fields: Map<String, Value>) -> Result<Self, &'static str> {
        let text = |name: &'static str| match fields.get(name) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(name),
        };
        Ok(Self { a: text("a")?, b: text("b")?, relation: text("relation")?, fields })
    }

    /// The ids of both articles.
    pub(crate) fn ids(&self) -> [&str; 2] {
        [&self.a, &self.b]
    }

    /// A field as text.
    fn field(&self, name: &str) -> Option<String> {
        self.fields.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }

    /// Whether a field has the value; `null` is the value of a field that is not there.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.field(name).as_deref().unwrap_or("null") == value
    }

    /// The values of these fields.
    pub(crate) fn class(&self, by: &[String]) -> Vec<String> {
        by.iter().map(|name| self.field(name).unwrap_or_else(|| "-".to_owned())).collect()
    }

    fn names_original(&self) -> bool {
        matches!(self.fields.get("original"), Some(Value::Bool(true)))
    }
}

/// Pairs of one class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) pairs: usize,
    pub(crate) grouped: usize,
}

impl Class {
    pub(crate) fn rate(self) -> f64 {
        self.grouped as f64 / self.pairs.max(1) as f64
    }
}

/// The counts of all labels.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) classes: Vec<(Vec<String>, Class)>,
    true_positives: usize,
    false_positives: usize,
    false_negatives: usize,
    true_negatives: usize,
    originals: usize,
    originals_named: usize,
    came_out_as: BTreeMap<(String, String), usize>,
}

impl Tally {
    /// Counts the labels, in classes by the fields of these names.
    pub(crate) fn of<'l>(groups: &[Group<'_>], labels: impl IntoIterator<Item = &'l Label>, by: &[String]) -> Self {
        let mut places = HashMap::new();
        for (number, group) in groups.iter().enumerate() {
            for member in &group.members {
                let relation = member.copy.as_ref().map_or("original", |copy| copy.relation.as_str());
                places.insert(member.id.as_str(), (number, relation));
            }
        }
        let mut tally = Self::default();
        let mut numbers = HashMap::new();
        for label in labels {
            let (a, b) = (places.get(label.a.as_str()), places.get(label.b.as_str()));
            let together = a.zip(b).filter(|(a, b)| a.0 == b.0);
            let class = label.class(by);
            let number = *numbers.entry(class.clone()).or_insert_with(|| {
                tally.classes.push((class, Class::default()));
                tally.classes.len() - 1
            });
            let class = &mut tally.classes[number].1;
            class.pairs += 1;
            class.grouped += usize::from(together.is_some());
            let original = together.map(|(a, _)| groups[a.0].original().id.as_str());
            if let Some((a, b)) = together {
                // The copy is side b, or side a where b is the group's original.
                let came_out = if original == Some(&label.b) { a.1 } else { b.1 };
                *tally.came_out_as.entry((label.relation.clone(), came_out.to_owned())).or_default() += 1;
            }
            tally.score(label, together.is_some(), original);
        }
        tally
    }

    fn score(&mut self, label: &Label, together: bool, original: Option<&str>) {
        if POSITIVE.contains(&label.relation.as_str()) {
            *(if together { &mut self.true_positives } else { &mut self.false_negatives }) += 1;
            if together && label.names_original() {
                self.originals += 1;
                self.originals_named += usize::from(original == Some(&label.a));
            }
        } else if NEGATIVE.contains(&label.relation.as_str()) {
            *(if together { &mut self.false_positives } else { &mut self.true_negatives }) += 1;
        }
    }

    /// Everything as a JSON object, under the names that people who publish such figures use.
    pub(crate) fn to_json(&self, by: &[String]) -> Map<String, Value> {
        let classes: Vec<Value> = self
            .classes
            .iter()
            .map(|(names, class)| {
                let mut fields: Map<String, Value> =
                    by.iter().zip(names).map(|(key, name)| (key.clone(), name.as_str().into())).collect();
                fields.insert("pairs".into(), class.pairs.into());
                fields.insert("grouped".into(), class.grouped.into());
                fields.insert("rate".into(), round(class.rate()).into());
                fields.into()
            })
            .collect();
        let (tp, fp, fn_) = (self.true_positives, self.false_positives, self.false_negatives);
        let share = |part: usize, of: usize| if of > 0 { json!(round(part as f64 / of as f64)) } else { Value::Null };
        let mut all = Map::new();
        all.insert("classes".into(), classes.into());
        all.insert("precision".into(), share(tp, tp + fp));
        all.insert("recall".into(), share(tp, tp + fn_));
        all.insert("f1".into(), if tp > 0 { share(2 * tp, 2 * tp + fp + fn_) } else { json!(0.0) });
        all.insert("false_groupings".into(), fp.into());
        all.insert("negatives".into(), (fp + self.true_negatives).into());
        if self.originals > 0 {
            all.insert("original_named".into(), share(self.originals_named, self.originals));
            all.insert("original_of".into(), self.originals.into());
        }
        let came_out = self.came_out_as.iter().map(|((want, got), &n)| (format!("{want} -> {got}"), n.into()));
        all.insert("came_out_as".into(), came_out.collect::<Map<_, _>>().into());
        all
    }
}

fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::Detector;

    fn label(text: &str) -> Label {
        let Ok(Value::Object(fields)) = serde_json::from_str(text) else { panic!("{text}") };
        Label::new(fields).expect("a whole label")
    }

    #[test]
    fn pairs_are_counted_by_class() {
        let story = "the harbour bridge will close for eleven nights while engineers replace its bearings";
        let mut detector = Detector::builder().build().expect("defaults are valid");
        for (id, text) in [("a", story), ("b", story), ("c", "rain is expected in the north by noon")] {
            detector.insert(id, text).expect("a new id");
        }
        let found = detector.find();
        let labels = [
            label(r#"{"a":"a","b":"b","relation":"exact","original":true}"#),
            label(r#"{"a":"a","b":"c","relation":"spun"}"#),
            label(r#"{"a":"b","b":"c","relation":"same-event"}"#),
            label(r#"{"a":"b","b":"c","relation":"partial-reuse"}"#),
        ];
        let by = ["relation".to_owned()];
        let counted = Tally::of(&found.groups(), &labels, &by).to_json(&by);
        let expected = json!({
            "classes": [
                {"relation": "exact", "pairs": 1, "grouped": 1, "rate": 1.0},
                {"relation": "spun", "pairs": 1, "grouped": 0, "rate": 0.0},
                {"relation": "same-event", "pairs": 1, "grouped": 0, "rate": 0.0},
                {"relation": "partial-reuse", "pairs": 1, "grouped": 0, "rate": 0.0},
            ],
            "precision": 1.0, "recall": 0.5, "f1": 0.6667, "false_groupings": 0, "negatives": 1,
            "original_named": 1.0, "original_of": 1, "came_out_as": {"exact -> exact": 1},
        });
        assert_eq!(Value::from(counted), expected);
    }

    #[test]
    fn a_label_names_what_it_lacks() {
        let Ok(Value::Object(fields)) = serde_json::from_str(r#"{"a": 1, "b": "x"}"#) else { panic!() };
        assert_eq!(Label::new(fields).err(), Some("relation"));
    }
}
