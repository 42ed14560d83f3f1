/* Pango 1.50 keeps a reference to a font map's configuration for ever. The
 * program has one for its whole life; the tests make several. */

/* The name is the sanitizer's. */
const char *lsan_suppressions(void) __asm__("__lsan_default_suppressions");

const char *lsan_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}
