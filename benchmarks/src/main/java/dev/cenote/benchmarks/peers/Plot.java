// SPDX-License-Identifier: Apache-2.0
package dev.cenote.benchmarks.peers;

import java.util.List;
import java.util.Locale;

/// Draws bars on a logarithmic scale as SVG: how many times as long as ours somebody takes. Those that are faster reach
/// to the left of the line, those that are slower to the right.
final class Plot {

    /// A bar.
    ///
    /// @param label whose
    /// @param ratio how long, where the line is at 1
    /// @param note what is written beside it
    /// @param ours whether it is one of ours
    record Row(String label, double ratio, String note, boolean ours) {}

    /// Bars that belong together.
    ///
    /// @param title what they are about
    /// @param rows the bars
    record Block(String title, List<Row> rows) {
        Block {
            rows = List.copyOf(rows);
        }
    }

    private static final int LEFT = 210;
    private static final int WIDTH = 480;
    private static final int RIGHT = 190;
    private static final int ROW = 18;
    private static final int GAP = 40;
    private static final int TOP = 52;

    private final StringBuilder text = new StringBuilder();
    private final double low;
    private final double high;

    private Plot(List<Block> blocks) {
        double least = 1;
        double most = 10;
        for (Block block : blocks) {
            for (Row row : block.rows()) {
                least = Math.min(least, row.ratio());
                most = Math.max(most, row.ratio());
            }
        }
        low = Math.floor(Math.log10(least));
        high = Math.ceil(Math.log10(most));
    }

    /// {@return the picture}
    ///
    /// @param title what is written above
    /// @param blocks the bars; all of their ratios are finite and more than 0
    static String svg(String title, List<Block> blocks) {
        return new Plot(blocks).draw(title, blocks);
    }

    private String draw(String title, List<Block> blocks) {
        int height = TOP + 20;
        for (Block block : blocks) {
            height += GAP + ROW * block.rows().size();
        }
        int width = LEFT + WIDTH + RIGHT;
        text.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                        + "font-family=\"sans-serif\" font-size=\"12\">%n<title>%s</title>%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n",
                width,
                height,
                width,
                height,
                escaped(title),
                width,
                height));
        write(10, 20, "start", "font-size=\"16\" font-weight=\"bold\"", title);
        write(
                10,
                38,
                "start",
                "fill=\"#555555\"",
                "times as long as Cenote with workers of the same kind, logarithmic");
        grid(height);
        int y = TOP;
        for (Block block : blocks) {
            y += GAP;
            write(10, y - 8, "start", "font-weight=\"bold\"", block.title());
            for (Row row : block.rows()) {
                bar(y, row);
                y += ROW;
            }
        }
        return text.append("</svg>\n").toString();
    }

    private void grid(int height) {
        for (int power = (int) low; power <= high; power++) {
            double x = x(Math.pow(10, power));
            text.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"%s\"/>%n",
                    x,
                    TOP + 14,
                    x,
                    height - 8,
                    power == 0 ? "#333333" : "#dddddd"));
            String label = power >= 0 && power < 4
                    ? String.format(Locale.ROOT, "%,d", Math.round(Math.pow(10, power)))
                    : power < 0 && power > -4 ? "1/" + Math.round(Math.pow(10, -power)) : "10^" + power;
            write(x, TOP + 8, "middle", "fill=\"#555555\"", label);
        }
    }

    private void bar(int y, Row row) {
        double one = x(1);
        double end = x(row.ratio());
        text.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                Math.min(one, end) - 1,
                y,
                Math.abs(end - one) + 2,
                ROW - 4,
                row.ours() ? "#2a7f62" : "#8fa8c8"));
        write(LEFT - 10, y + 11, "end", row.ours() ? "fill=\"#1d5b46\" font-weight=\"bold\"" : "", row.label());
        write(Math.max(one, end) + 6, y + 11, "start", "fill=\"#333333\"", row.note());
    }

    private double x(double ratio) {
        return LEFT + WIDTH * (Math.log10(ratio) - low) / (high - low);
    }

    private void write(double x, int y, String anchor, String style, String words) {
        text.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\"%s>%s</text>%n",
                x,
                y,
                anchor,
                style.isEmpty() ? "" : " " + style,
                escaped(words)));
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
