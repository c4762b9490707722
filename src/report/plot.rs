//! Figures as one SVG drawing.

use std::io;

use plotters::prelude::*;
use plotters::style::FontTransform;

use crate::report::figure::Figure;

/// Pixels of one figure.
const SIZE: (u32, u32) = (960, 320);

/// The colours of the series. They differ in lightness too, and the legend names them.
const COLOURS: [RGBColor; 5] = [
    RGBColor(23, 78, 84),
    RGBColor(77, 127, 128),
    RGBColor(201, 138, 26),
    RGBColor(163, 50, 28),
    RGBColor(130, 120, 150),
];

const INK: RGBColor = RGBColor(31, 29, 26);
const RULE: RGBColor = RGBColor(227, 223, 214);

/// Draws the figures below each other.
///
/// # Errors
/// What the drawing library says.
pub fn svg(figures: &[Figure]) -> io::Result<String> {
    let mut drawing = String::new();
    draw(figures, &mut drawing).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(drawing)
}

fn draw(figures: &[Figure], drawing: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let (width, height) = SIZE;
    let root = SVGBackend::with_string(drawing, (width, height * figures.len().max(1) as u32)).into_drawing_area();
    root.fill(&WHITE)?;
    for (figure, area) in figures.iter().zip(root.split_evenly((figures.len().max(1), 1))) {
        chart(figure, &area)?;
    }
    root.present()?;
    Ok(())
}

fn chart(
    figure: &Figure,
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
) -> Result<(), Box<dyn std::error::Error>> {
    let rows: Vec<(String, &[u64])> = figure.rows().collect();
    let most = rows.iter().map(|(_, counts)| counts.iter().sum()).max().unwrap_or(0).max(1);
    // Beside the bars there is room for the legend.
    let legend = if figure.series().len() > 1 { rows.len().div_ceil(6) } else { 0 };
    let slots = (rows.len() + legend).max(1) as i32;
    let mut chart = ChartBuilder::on(area)
        .caption(figure.title(), ("sans-serif", 18).into_font().color(&INK))
        .margin(16)
        .x_label_area_size(52)
        .y_label_area_size(72)
        .build_cartesian_2d((0..slots - 1).into_segmented(), 0..most + most.div_ceil(20))?;
    let label = |at: &SegmentValue<i32>| match at {
        SegmentValue::CenterOf(row) => rows.get(*row as usize).map(|row| row.0.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(RULE)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(("sans-serif", 13).into_font().color(&INK))
        .x_labels(slots as usize)
        .x_label_formatter(&label)
        .x_desc(figure.unit())
        .draw()?;
    // The series stand on each other.
    let mut bases = vec![0; rows.len()];
    for (series, name) in figure.series().iter().enumerate() {
        let colour = COLOURS[series % COLOURS.len()];
        let bars = rows.iter().enumerate().map(|(row, (_, counts))| {
            let (low, high) = (bases[row], bases[row] + counts[series]);
            bases[row] = high;
            let slot = row as i32;
            let mut bar = Rectangle::new(
                [(SegmentValue::Exact(slot), low), (SegmentValue::Exact(slot + 1), high)],
                colour.filled(),
            );
            bar.set_margin(0, 0, 3, 3);
            bar
        });
        let drawn = chart.draw_series(bars.collect::<Vec<_>>())?;
        drawn.label(*name).legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    }
    if figure.series().len() > 1 {
        let style = ("sans-serif", 13).into_font().transform(FontTransform::None).color(&INK);
        chart.configure_series_labels().label_font(style).background_style(WHITE.mix(0.9)).draw()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::Classes;

    #[test]
    fn figures_are_drawn_empty_or_not() {
        let mut sizes = Figure::new("Sizes", "articles", Classes::Steps(&[2, 3]), &["a", "b"]);
        let empty = svg(&[sizes.clone()]).expect("drawn");
        sizes.count(0, 2.0);
        sizes.count(1, 7.0);
        let drawn = svg(&[sizes.clone(), sizes]).expect("drawn");
        assert!(empty.starts_with("<svg") && drawn.trim_end().ends_with("</svg>"));
        assert!(drawn.contains("3 or more") && drawn.matches("Sizes").count() == 2, "{drawn}");
    }
}
