/* fontconfig keeps pointers as offsets, which the sanitizer does not follow:
 * what is still in use looks lost. minizip 1.1 loses an entry's header when it
 * cannot be written, which happens without memory only. */

/* The name is the sanitizer's. */
const char *lsan_suppressions(void) __asm__("__lsan_default_suppressions");

const char *lsan_suppressions(void)
{
    return "leak:libfontconfig.so\nleak:libminizip.so\n";
}
