/* What `kindling check` answers: sentences, or one JSON object. */
#ifndef KINDLING_CHECK_REPORT_H
#define KINDLING_CHECK_REPORT_H

#include <stdbool.h>

#include "base/json_output.h"
#include "predict/chain.h"

struct check_report {
    const char *path; /* of the image; borrowed */
    bool is_verbose;
    json_t *json; /* NULL: as text */
};

void check_report_begin_json(struct check_report *report);
/* The image boots nowhere, and why. Returns the exit status, 1. */
int check_report_refuse(const struct check_report *report, const char *why);
/* All that a boot comes through, where people want to see it. */
void check_report_links(const struct check_report *report, const struct chain *chain);
/* Of one machine. types: what its root may be mounted as. is_excused: the image does not mean to boot there. Returns
 * the exit status: 0, or 1 when it should boot and does not. */
int check_report_machine(const struct check_report *report, const char *machine, const struct chain *chain,
    const struct string_list *types, bool is_excused);
/* Prints what has been kept back for the end. status: the exit status, 0 to 2. */
void check_report_end(struct check_report *report, int status);

#endif
