#include "command/timeline_svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

/* All lengths in pixels. */
#define WIDTH 960.0
#define LEFT 76.0 /* where the axis begins; lanes have their names before it */
#define RIGHT 936.0
#define TOP 84.0 /* of the first lane */
#define ROW 19.0
#define BAR 15.0
#define LANE_GAP 12.0
#define NARROWEST 1.5
#define CHARACTER 6.3 /* the average of a sans-serif of 11 pixels, rounded up */
#define LABEL_GAP 4.0
#define LEGEND_HEIGHT 44.0

static const struct kind {
    const char *name;
    const char *meaning;
} kinds[] = {{"step", "step of the boot"}, {"module", "module loaded"}, {"unpack", "program's file unpacked"},
    {"program", "program run"}, {"wait", "waiting for the kernel's events"}};

/* The colours tell apart what people with any colour vision see (M. Okabe and K. Ito, "Color universal design"). */
static const char style[] =
    "<style>\n"
    "text{font:11px system-ui,-apple-system,\"Segoe UI\",\"DejaVu Sans\",sans-serif;fill:#1f2328}\n"
    ".title{font-size:15px;font-weight:600}.quiet{fill:#59636e}.end{text-anchor:end}.middle{text-anchor:middle}\n"
    ".paper{fill:#fff}.lane{fill:#f6f8fa}.grid{stroke:#d1d9e0;stroke-width:1}\n"
    ".outside{stroke:#f6f8fa;stroke-width:3px;paint-order:stroke}\n"
    ".step{fill:#0072b2}.module{fill:#e69f00}.unpack{fill:#009e73}.program{fill:#cc79a7}.wait{fill:url(#hatch)}.hatch{"
    "stroke:#59636e}\n"
    ".on-step{fill:#fff}.on-module,.on-unpack,.on-program{fill:#1f2328}\n"
    "@media (prefers-color-scheme:dark){\n"
    "text{fill:#f0f6fc}.quiet{fill:#9198a1}.paper{fill:#0d1117}.lane{fill:#161b22}\n"
    ".outside{stroke:#161b22}.grid{stroke:#3d444d}\n"
    ".step{fill:#3d9bd6}.hatch{stroke:#9198a1}.on-step{fill:#0d1117}.on-module,.on-unpack,.on-program{fill:#0d1117}}\n"
    "</style>\n"
    "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><line class=\"hatch\" y2=\"6\" stroke-width=\"2\" "
    "opacity=\".35\"/></pattern></defs>\n";

/* One row of bars for each that would overlap, labels included. */
struct lane {
    char name[24];
    double *row_ends; /* how far each row is taken; owned */
    size_t rows;
    double top;
};

/* A bar with its label, placed. */
struct mark {
    const struct timeline_interval *interval;
    struct lane *lane;
    size_t row;
    double from, width;
    char label[96];
    double label_from;
    bool is_inside; /* the label is, in the bar */
};

struct drawing {
    const struct timeline *timeline;
    struct timeline_scale scale;
    struct lane *lanes; /* steps first, then the processors in order; owned */
    size_t lane_count;
    struct mark *marks; /* owned */
    size_t mark_count;
    double bottom; /* of the last lane */
};

static double position(const struct drawing *drawing, uint64_t moment)
{
    return LEFT + (double)(moment - drawing->scale.origin) / (double)drawing->scale.span * (RIGHT - LEFT);
}

static bool is_kind(const struct timeline_interval *interval, const char *kind)
{
    return !strcmp(interval->kind, kind);
}

/* What is drawn as a bar, in the lane of its own kind or of its processor. */
static bool is_bar(const struct timeline_interval *interval)
{
    return is_kind(interval, "step") || is_kind(interval, "module") || is_kind(interval, "unpack")
           || is_kind(interval, "program");
}

/* Names come from a file: nothing of them may end up as markup, or as bytes that are no UTF-8. */
static void print_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else
            fputc(*text < ' ' || *text > '~' ? '?' : *text, out);
    }
}

static double milliseconds(uint64_t microseconds)
{
    return (double)microseconds / 1e3;
}

static void add_lane(struct drawing *drawing, const char *name)
{
    struct lane lane = {.rows = 0};

    snprintf(lane.name, sizeof(lane.name), "%s", name);
    drawing->lanes = allocate_more(drawing->lanes, drawing->lane_count, sizeof(lane));
    drawing->lanes[drawing->lane_count++] = lane;
}

static int by_number(const void *a, const void *b)
{
    unsigned left = *(const unsigned *)a, right = *(const unsigned *)b;

    return (left > right) - (left < right);
}

/* One for the steps, and one for each processor, in order, that anything else ran on. */
static void add_lanes(struct drawing *drawing)
{
    const struct timeline *timeline = drawing->timeline;
    unsigned *cpus = allocate((timeline->count + 1) * sizeof(unsigned));
    size_t count = 0;
    char name[sizeof(drawing->lanes->name)];

    for (size_t i = 0; i < timeline->count; i++) {
        if (is_bar(&timeline->intervals[i]) && !is_kind(&timeline->intervals[i], "step"))
            cpus[count++] = timeline->intervals[i].cpu;
    }
    qsort(cpus, count, sizeof(unsigned), by_number);
    add_lane(drawing, "steps");
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && cpus[i] == cpus[i - 1])
            continue;
        snprintf(name, sizeof(name), "CPU %u", cpus[i]);
        add_lane(drawing, name);
    }
    free(cpus);
}

/* Inside the bar if it fits, else behind it, else before it. */
static void place_label(const struct drawing *drawing, struct mark *mark)
{
    const struct timeline_interval *interval = mark->interval;
    uint64_t took = interval->end - interval->start;
    double length;

    if (took * 50 >= drawing->scale.span)
        snprintf(mark->label, sizeof(mark->label), "%s %.0f ms", interval->name, milliseconds(took));
    else
        snprintf(mark->label, sizeof(mark->label), "%s", interval->name);
    length = (double)strlen(mark->label) * CHARACTER;
    mark->is_inside = length + 2 * LABEL_GAP <= mark->width;
    if (mark->is_inside)
        mark->label_from = mark->from + LABEL_GAP;
    else if (mark->from + mark->width + LABEL_GAP + length <= RIGHT)
        mark->label_from = mark->from + mark->width + LABEL_GAP;
    else
        mark->label_from = mark->from - LABEL_GAP - length;
}

/* The first row of the lane that is free where the mark and its label begin. */
static void place_in_row(struct mark *mark)
{
    struct lane *lane = mark->lane;
    double length = (double)strlen(mark->label) * CHARACTER;
    double begin = mark->label_from < mark->from ? mark->label_from : mark->from;
    double end =
        mark->label_from + length > mark->from + mark->width ? mark->label_from + length : mark->from + mark->width;

    for (mark->row = 0; mark->row < lane->rows && lane->row_ends[mark->row] > begin; mark->row++)
        continue;
    if (mark->row == lane->rows)
        lane->row_ends = allocate_more(lane->row_ends, lane->rows++, sizeof(double));
    lane->row_ends[mark->row] = end + LABEL_GAP;
}

static void place_marks(struct drawing *drawing)
{
    drawing->marks = allocate((drawing->timeline->count + 1) * sizeof(struct mark));
    for (size_t i = 0; i < drawing->timeline->count; i++) {
        const struct timeline_interval *interval = &drawing->timeline->intervals[i];
        struct mark *mark = &drawing->marks[drawing->mark_count];
        char lane[sizeof(drawing->lanes->name)];

        if (!is_bar(interval))
            continue;
        mark->interval = interval;
        mark->lane = &drawing->lanes[0]; /* that of the steps */
        snprintf(lane, sizeof(lane), "CPU %u", interval->cpu);
        for (size_t k = 1; k < drawing->lane_count && !is_kind(interval, "step"); k++) {
            if (!strcmp(drawing->lanes[k].name, lane))
                mark->lane = &drawing->lanes[k];
        }
        mark->from = position(drawing, interval->start);
        mark->width = fmax(position(drawing, interval->end) - mark->from, NARROWEST);
        place_label(drawing, mark);
        place_in_row(mark);
        drawing->mark_count++;
    }
}

static void print_title(const struct drawing *drawing, FILE *out)
{
    uint64_t sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < drawing->timeline->count; i++) {
        const struct timeline_interval *interval = &drawing->timeline->intervals[i];

        if (!is_kind(interval, "module"))
            continue;
        sum += interval->end - interval->start;
        count++;
    }
    fprintf(out, "<text class=\"title\" x=\"16\" y=\"28\">/init: %.0f ms</text>\n", milliseconds(drawing->scale.span));
    fprintf(out,
        "<text class=\"quiet\" x=\"16\" y=\"47\">%.0f ms after the kernel's start; %zu modules took %.0f ms</text>\n",
        milliseconds(drawing->scale.origin), count, milliseconds(sum));
}

/* A step of 1, 2 or 5 times a power of ten that cuts the span into at most ten parts; in milliseconds. */
static double tick(double span)
{
    double power = pow(10, floor(log10(span / 10)));

    while (power * 10 < span) {
        if (power * 20 >= span)
            return 2 * power;
        if (power * 50 >= span)
            return 5 * power;
        power *= 10;
    }
    return power;
}

static void print_axis(const struct drawing *drawing, FILE *out)
{
    double span = milliseconds(drawing->scale.span);
    double distance = tick(span);

    for (unsigned i = 0; i * distance <= span; i++) {
        double x = LEFT + i * distance / span * (RIGHT - LEFT);

        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", x, TOP - 8, x,
            drawing->bottom - LANE_GAP);
        fprintf(out, "<text class=\"quiet middle\" x=\"%.1f\" y=\"%.1f\">%g%s</text>\n", x, TOP - 14, i * distance,
            i == 0 ? " ms" : "");
    }
}

static void print_lanes(const struct drawing *drawing, FILE *out)
{
    for (size_t i = 0; i < drawing->lane_count; i++) {
        const struct lane *lane = &drawing->lanes[i];
        double height = (double)lane->rows * ROW;

        fprintf(out, "<rect class=\"lane\" x=\"16\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"4\"/>\n",
            lane->top - 4, RIGHT + 8 - 16, height + 4);
        fprintf(out, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", LEFT - 10, lane->top + 11, lane->name);
    }
}

static void print_hover(const struct timeline_interval *interval, FILE *out)
{
    fputs("<title>", out);
    print_text(interval->name, out);
    fprintf(out, ": %.2f ms</title>", milliseconds(interval->end - interval->start));
}

static void print_waits(const struct drawing *drawing, FILE *out)
{
    for (size_t i = 0; i < drawing->timeline->count; i++) {
        const struct timeline_interval *interval = &drawing->timeline->intervals[i];
        double from = position(drawing, interval->start);

        if (!is_kind(interval, "wait"))
            continue;
        fprintf(out, "<rect class=\"wait\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">", from, TOP - 8,
            fmax(position(drawing, interval->end) - from, NARROWEST), drawing->bottom - LANE_GAP - TOP + 8);
        print_hover(interval, out);
        fputs("</rect>\n", out);
    }
}

static void print_mark(const struct mark *mark, FILE *out)
{
    double top = mark->lane->top + (double)mark->row * ROW;
    double y = top + 11.5;

    fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"1.5\">",
        mark->interval->kind, mark->from, top, mark->width, BAR);
    print_hover(mark->interval, out);
    fputs("</rect>", out);
    if (mark->is_inside)
        fprintf(out, "<text class=\"on-%s\" x=\"%.1f\" y=\"%.1f\">", mark->interval->kind, mark->label_from, y);
    else if (mark->label_from > mark->from)
        fprintf(out, "<text class=\"outside\" x=\"%.1f\" y=\"%.1f\">", mark->label_from, y);
    else
        fprintf(out, "<text class=\"outside end\" x=\"%.1f\" y=\"%.1f\">", mark->from - LABEL_GAP, y);
    print_text(mark->label, out);
    fputs("</text>\n", out);
}

static void print_legend(const struct drawing *drawing, FILE *out)
{
    double x = LEFT, y = drawing->bottom + 8;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"11\" rx=\"1.5\"/>", kinds[i].name,
            x, y);
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 20, y + 10, kinds[i].meaning);
        x += 20 + (double)strlen(kinds[i].meaning) * CHARACTER + 24;
    }
}

void timeline_draw_svg(const struct timeline *timeline, FILE *out)
{
    struct drawing drawing = {.timeline = timeline, .scale = timeline_measure(timeline), .bottom = TOP};
    double height;

    add_lanes(&drawing);
    place_marks(&drawing);
    for (size_t i = 0; i < drawing.lane_count; i++) {
        drawing.lanes[i].top = drawing.bottom;
        drawing.bottom += (double)drawing.lanes[i].rows * ROW + LANE_GAP;
    }
    height = drawing.bottom + LEGEND_HEIGHT - LANE_GAP;
    fprintf(out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
        "role=\"img\" "
        "aria-label=\"A boot's timeline\">\n",
        WIDTH, height, WIDTH, height);
    fputs(style, out);
    fprintf(out, "<rect class=\"paper\" width=\"%.0f\" height=\"%.0f\"/>\n", WIDTH, height);
    print_title(&drawing, out);
    print_lanes(&drawing, out);
    print_axis(&drawing, out);
    print_waits(&drawing, out);
    for (size_t i = 0; i < drawing.mark_count; i++)
        print_mark(&drawing.marks[i], out);
    print_legend(&drawing, out);
    fputs("</svg>\n", out);
    for (size_t i = 0; i < drawing.lane_count; i++)
        free(drawing.lanes[i].row_ends);
    free(drawing.lanes);
    free(drawing.marks);
}
