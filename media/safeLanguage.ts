/** Makes `navigator.language` one that Intl takes: on Linux with LANG=C it is `en-US@posix`, and uPlot asks Intl while it loads. */

try {
	new Intl.NumberFormat(navigator.language);
} catch {
	Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
