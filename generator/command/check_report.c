#include "command/check_report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

void check_report_begin_json(struct check_report *report)
{
    report->json = json_object();
    json_set_text(report->json, "image", report->path);
    json_set_text(report->json, "why", NULL);
    json_object_set_new(report->json, "machines", json_array());
}

int check_report_refuse(const struct check_report *report, const char *why)
{
    if (report->json)
        json_set_text(report->json, "why", why);
    else
        log_error("%s does not boot: %s", report->path, why);
    return 1;
}

void check_report_links(const struct check_report *report, const struct chain *chain)
{
    for (size_t i = 0; report->is_verbose && !report->json && i < chain->links.count; i++)
        printf("  %s\n", chain->links.items[i]);
}

int check_report_machine(const struct check_report *report, const char *machine, const struct chain *chain,
    const struct string_list *types, bool is_excused)
{
    int status = chain->missing && !is_excused ? 1 : 0;
    char *joined;

    if (report->json) {
        json_t *object = json_object();

        json_set_text(object, "name", machine);
        json_set_text(object, "verdict", !chain->missing ? "boots" : is_excused ? "not for it" : "does not boot");
        json_set_text(object, "missing", chain->missing);
        json_object_set_new(object, "root_types", json_texts(types));
        json_object_set_new(object, "links", json_texts(&chain->links));
        json_object_set_new(object, "warnings", json_texts(&chain->warnings));
        json_array_append_new(json_object_get(report->json, "machines"), object);
        return status;
    }
    joined = string_list_join(types, ",");
    if (!chain->missing)
        printf("%s boots on %s%s%s%s\n", report->path, machine, *joined ? " (" : "", joined, *joined ? ")" : "");
    free(joined);
    check_report_links(report, chain);
    for (size_t i = 0; i < chain->warnings.count; i++)
        log_warning("%s on %s: %s", report->path, machine, chain->warnings.items[i]);
    if (is_excused) {
        printf("%s is not for %s: %s\n", report->path, machine, chain->missing);
    } else if (chain->missing) {
        fflush(stdout);
        log_error("%s does not boot on %s: %s", report->path, machine, chain->missing);
    }
    return status;
}

void check_report_end(struct check_report *report, int status)
{
    static const char *const verdicts[] = {"boots", "does not boot", "unknown"};

    if (!report->json)
        return;
    json_set_text(report->json, "verdict", verdicts[status]);
    json_print(report->json);
    report->json = NULL;
}
