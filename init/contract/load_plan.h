/*
 * The plan of loading modules: which of them a name, a device or the image itself wants, in what order, and what it
 * means that one cannot be loaded. /init carries it out, and `kindling check` predicts a boot by it. Pure: who goes
 * through a request loads each module, or tells what would come of it, and notes the result.
 *
 *   - The order is the index's: all of a module's steps, each tried once. What is loaded, or has failed, is not tried
 *     again, whoever wants it. A driver that found no device (ENODEV) may be wanted by the next one.
 *   - A module that has symbols of another (INDEX_STEP_NEEDED) is not tried unless that one is loaded. What only ought
 *     to be loaded with it, a soft dependency, may fail.
 *   - A blacklist of the command line holds against aliases, and against the image's own list of what to load unasked:
 *     not against a module's name, nor against another module that takes it along.
 */
#ifndef KINDLING_LOAD_PLAN_H
#define KINDLING_LOAD_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/cmdline.h"
#include "contract/index.h"
#include "contract/module_name.h"

/* Words of the command line with lists of modules: to be loaded before all others, and once the root is mounted. */
#define LOAD_FIRST "rd.driver.pre"
#define LOAD_FIRST_TOO "rd.modules_force_load" /* booster's word */
#define LOAD_LAST "rd.driver.post"

struct load_plan {
    const struct index *index; /* borrowed */
    uint8_t *state;            /* borrowed */
};

/* state: zeros, a byte for each module of the index; it may lie in memory that processes share. */
void load_plan_begin(struct load_plan *plan, const struct index *index, const struct cmdline *cmdline, uint8_t *state);

bool load_plan_is_loaded(const struct load_plan *plan, uint32_t number);
bool load_plan_has_failed(const struct load_plan *plan, uint32_t number);
/* On a blacklist, and neither loaded in spite of it nor tried. */
bool load_plan_is_blacklisted(const struct load_plan *plan, uint32_t number);

/* A module that is wanted, with all that comes with it. */
struct load_request {
    struct load_plan *plan;
    uint32_t number;
    uint32_t next; /* step */
    uint32_t end;
    bool was_met; /* the module is one of its own steps */
};

enum load_step {
    LOAD_TRY,  /* load this one, and call load_plan_note */
    LOAD_SKIP, /* this one is not loaded, since it needs another that is not */
    LOAD_END
};

void load_request_begin(struct load_request *request, struct load_plan *plan, uint32_t number);
/* The next step: *number, and for LOAD_SKIP the other's number in *missing. At the end a module which its own steps do
 * not name has failed. */
enum load_step load_request_next(struct load_request *request, uint32_t *number, uint32_t *missing);
/* result: 0 or -errno of init_module(2). Returns true when the module is in the kernel now. */
bool load_plan_note(struct load_plan *plan, uint32_t number, int result);

/* The modules that answer to a name. */
struct load_match {
    const struct load_plan *plan;
    struct index_match aliases;
    uint32_t number; /* of the module of that name; UINT32_MAX for none, or once it was handed out */
    char name[MODULE_NAME_SIZE];
};

/* A device's modalias: all that have it as an alias. One that is too long for the kernel is nobody's. */
void load_match_device(struct load_match *match, const struct load_plan *plan, const char *modalias);
/* What people and the kernel ask for: the module of this name, or else all that have it as an alias. */
void load_match_name(struct load_match *match, const struct load_plan *plan, const char *name);
/* True and the next module's number; one with several such aliases comes several times. */
bool load_match_next(struct load_match *match, uint32_t *number);

/* True and the number of the next module that the image wants loaded unasked. *position begins as 0. */
bool load_plan_next_autoload(const struct load_plan *plan, uint32_t *position, uint32_t *number);

/* Takes the next name, normalised, off a list with commas. False at its end. */
bool load_list_next(const char **list, char name[MODULE_NAME_SIZE]);

#endif
