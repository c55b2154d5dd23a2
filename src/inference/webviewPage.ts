/** The page of a webview: one script, one style, and a policy that lets nothing else in or out. */

interface PageParts {
	/** Of the user's interface, for screen readers. */
	readonly language: string;
	/** The webview's `cspSource`. */
	readonly source: string;
	/** Address of the script, as the webview may load it. */
	readonly script: string;
	readonly style: string;
	/** Fresh and random. */
	readonly nonce: string;
	/** Whether fonts and images of the extension itself may be shown. */
	readonly pictures: boolean;
}

export function pageOf({ language, source, script, style, nonce, pictures }: PageParts): string {
	const policy = [
		"default-src 'none'",
		`script-src 'nonce-${nonce}'`,
		`style-src ${source}`,
		// No https: an image is the one request that Markdown can make.
		...(pictures ? [`font-src ${source}`, `img-src ${source}`] : []),
		"connect-src 'none'",
		"frame-src 'none'",
		"form-action 'none'",
		"base-uri 'none'",
	].join('; ');
	return `<!DOCTYPE html>
<html lang="${language}">
<head>
	<meta charset="utf-8">
	<meta http-equiv="Content-Security-Policy" content="${policy}">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<title>Familiar</title>
	<link rel="stylesheet" href="${style}">
</head>
<body>
	<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
