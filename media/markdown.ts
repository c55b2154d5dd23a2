/** The model's Markdown as safe DOM: no HTML, no images, https links only; DOMPurify is the second wall. */

import createDOMPurify, { type Config, type WindowLike } from 'dompurify';
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import MarkdownIt from 'markdown-it';
import { isOpenableLink } from '../src/chat/protocol';
import { showInvisible } from '../src/inference/invisible';

const languages = {
	bash,
	c,
	cpp,
	csharp,
	css,
	diff,
	go,
	java,
	javascript,
	json,
	kotlin,
	php,
	python,
	ruby,
	rust,
	sql,
	swift,
	typescript,
	xml,
	yaml,
};
for (const [name, language] of Object.entries(languages)) {
	hljs.registerLanguage(name, language);
}
// VS Code's ids where highlight.js has another name.
hljs.registerAliases(['shellscript', 'dockerfile', 'makefile'], { languageName: 'bash' });
hljs.registerAliases(['typescriptreact', 'mts', 'cts'], { languageName: 'typescript' });
hljs.registerAliases(['javascriptreact'], { languageName: 'javascript' });
hljs.registerAliases(['vue', 'svelte'], { languageName: 'xml' });

/** Characters of a block that are still highlighted: some grammars are slow on hostile input. */
const MAX_HIGHLIGHT = 20_000;

/** Everything that the renderer below writes; nothing else survives. */
const SANITIZE: Config & { readonly RETURN_DOM_FRAGMENT: true } = {
	ALLOWED_TAGS: [
		...['p', 'br', 'hr', 'strong', 'em', 's', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'a', 'span'],
		...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
	],
	ALLOWED_ATTR: ['href', 'title', 'class', 'start'],
	// A number, not an address: the pattern below is not for it.
	ADD_URI_SAFE_ATTR: ['start'],
	ALLOW_DATA_ATTR: false,
	ALLOW_ARIA_ATTR: false,
	ALLOWED_URI_REGEXP: /^https:/i,
	RETURN_DOM_FRAGMENT: true,
};

function createMarkdown() {
	const markdown = new MarkdownIt({ html: false, linkify: false, breaks: false });
	markdown.validateLink = isOpenableLink;
	// An image is a request that leaves the machine; what it shows is said in its text.
	markdown.renderer.rules['image'] = (tokens, index) =>
		markdown.utils.escapeHtml(tokens[index]?.content ?? '');
	// Where a link leads must be visible before it is followed.
	markdown.renderer.rules['link_open'] = (tokens, index, options, _environment, self) => {
		const token = tokens[index];
		token?.attrSet('title', token.attrGet('href') ?? '');
		return self.renderToken(tokens, index, options);
	};
	return markdown;
}

export interface Renderer {
	/** Markdown without the fenced blocks that have their own buttons. */
	text(markdown: string): DocumentFragment;
	/** One code block. Unknown languages and very long blocks stay plain. */
	code(code: string, language: string): DocumentFragment;
}

export function createRenderer(window: WindowLike & { readonly document: Document }): Renderer {
	const purify = createDOMPurify(window);
	const markdown = createMarkdown();
	return {
		text: (source) => purify.sanitize(markdown.render(showInvisible(source)), SANITIZE),
		code(source, language) {
			const visible = showInvisible(source);
			if (visible.length <= MAX_HIGHLIGHT && hljs.getLanguage(language) !== undefined) {
				const { value } = hljs.highlight(visible, { language, ignoreIllegals: true });
				return purify.sanitize(value, SANITIZE);
			}
			const fragment = window.document.createDocumentFragment();
			fragment.append(visible);
			return fragment;
		},
	};
}
