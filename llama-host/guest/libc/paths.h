// From a path as C programs write it to a preopened directory and a path inside it.
#ifndef GUEST_PATHS_H
#define GUEST_PATHS_H

// Finds the preopened directory that holds `path`, the one with the longest name if there are several. Returns its
// descriptor and stores what is left of the path, never empty and never starting with a slash, in `*inside`;
// returns -1 with errno set to ENOENT when no directory holds it.
int path_resolve(const char *path, const char **inside);

#endif
