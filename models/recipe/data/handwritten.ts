/** Which of a package's files its authors wrote: most packages carry the same code several times, compiled. */

import { type CodeFile, languageOf } from './unpack';

/** TypeScript is what a package was written in where it has at least this much of it, in bytes of its JavaScript. */
const TYPESCRIPT_SHARE = 0.2;

/** Top folders that hold one build of a package, the most readable first; only the first of them is taken. */
const BUILDS = [
	'esm',
	'es',
	'es6',
	'mjs',
	'module',
	'modules',
	'lib-esm',
	'lib',
	'cjs',
	'commonjs',
	'lib-commonjs',
];
/** Top folders of bundles and of builds for old engines. */
const BUNDLES =
	/^(?:umd|amd|system|bundles?|legacy|iife|es5|esm5|compiled|dist[-_].*|fesm\d*|_cjs|_esm|min)\//;
/** `locale/de/words.ts`, `lang/pt-BR.js`: the same words in many languages. */
const LOCALES =
	/(?:^|\/)(?:locales?|lang|langs|languages|i18n|l10n|translations|messages)\/(?:[\w-]+\/)?[a-z]{2,3}(?:[-_]\w{2,4})*(?:\/|\.\w+$)/i;
const GENERATED = /(?:^|\/)(?:__generated__|generated)\//i;
const DECLARATIONS = /\.d\.(?:[\w-]+\.)?[cm]?ts$/;

/** What compilers and bundlers of JavaScript write, and people do not. */
const COMPILED =
	/defineProperty\(exports, ['"]__esModule['"]|exports\.__esModule = |__webpack_require__|\b_interopRequire(?:Default|Wildcard)|\bvar __(?:awaiter|extends|assign|decorate|importDefault|generator|create|defProp|export|rest|spreadArray)\b|['"](?:tslib|@swc\/helpers|@babel\/runtime)\b|\b_(?:createClass|classCallCheck|objectSpread2?|asyncToGenerator|inheritsLoose|jsxs?)\(|\bregeneratorRuntime\b|\b_react\.default\b/;
/** Types that another tool takes away: it is neither JavaScript nor TypeScript. */
const FLOW = /^\s*(?:\/\*|\/\/|\*).*@flow\b/m;
/** Characters of the head in which Flow is announced. */
const HEAD = 2_000;

export type NotHandwritten =
	| 'declarations'
	| 'compiled'
	| 'another build'
	| 'generated'
	| 'translations'
	| 'flow';

/** Decides for the files of one package; the reason where a file is not taken, undefined where it is. */
export function handwritten(files: readonly CodeFile[]): (file: CodeFile) => NotHandwritten | undefined {
	const paths = new Set(files.map((file) => file.path));
	const bytes = (language: string) =>
		files
			.filter((file) => file.language === language && !DECLARATIONS.test(file.path))
			.reduce((sum, file) => sum + file.bytes.length, 0);
	const isTypeScript = bytes('typescript') > TYPESCRIPT_SHARE * bytes('javascript');
	const hasSource = files.some((file) => file.path.startsWith('src/') && file.language === 'javascript');
	const build = BUILDS.find((folder) => files.some((file) => file.path.startsWith(`${folder}/`)));
	return (file) => {
		if (DECLARATIONS.test(file.path)) {
			return 'declarations';
		}
		if (LOCALES.test(file.path)) {
			return 'translations';
		}
		if (GENERATED.test(file.path)) {
			return 'generated';
		}
		if (file.language !== 'javascript') {
			return undefined;
		}
		if (isTypeScript && !isOwnJavaScript(file.path, paths)) {
			return 'compiled';
		}
		const folder = BUILDS.find((one) => file.path.startsWith(`${one}/`));
		if (BUNDLES.test(file.path) || (folder !== undefined && (hasSource || folder !== build))) {
			return 'another build';
		}
		const text = Buffer.from(file.bytes).toString('latin1');
		if (FLOW.test(text.slice(0, HEAD))) {
			return 'flow';
		}
		return COMPILED.test(text) ? 'compiled' : undefined;
	};
}

/** JavaScript among the sources of a package in TypeScript that is not what its compiler put beside them. */
function isOwnJavaScript(path: string, paths: ReadonlySet<string>): boolean {
	const stem = path.slice(0, path.lastIndexOf('.'));
	const twins = ['.ts', '.tsx', '.mts', '.cts', '.d.ts'].map((extension) => `${stem}${extension}`);
	return path.startsWith('src/') && languageOf(path) !== undefined && !twins.some((twin) => paths.has(twin));
}
