/* emulator_node.h - a device of this machine's kernel by its ids.
 *
 * Room: emulator.c's own.
 */
#ifndef LUUKKU_TESTS_EMULATOR_NODE_H
#define LUUKKU_TESTS_EMULATOR_NODE_H

/* Opens the node of the device with these ids, waiting ten seconds for one; -1
 * when there is none then. */
int emulator_node_open(unsigned vendor, unsigned product);

/* Removes a directory with the files in it. */
void emulator_remove_dir(const char *path);

#endif
