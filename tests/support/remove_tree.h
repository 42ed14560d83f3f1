/* remove_tree.h - ends a test's folder. */
#ifndef LUUKKU_TESTS_REMOVE_TREE_H
#define LUUKKU_TESTS_REMOVE_TREE_H

/* Removes the folder at `path` with all that is in it, following no link.
 * Returns 0, or what it stopped at: errno tells why. */
int test_remove_tree(const char *path);

#endif
