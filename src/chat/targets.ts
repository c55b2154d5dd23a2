/** Which files do more than hold text: an edit of them can run something, so it needs a second confirmation. */

/** Files whose content tools run, by their path in the workspace folder, lower case. */
const SENSITIVE: readonly RegExp[] = [
	/(?:^|\/)\.(?:vscode|git|github|gitlab|circleci|husky|devcontainer|idea|cursor)\//,
	/\.code-workspace$/,
	/(?:^|\/)package\.json$/,
	/(?:^|\/)\.(?:npmrc|yarnrc|yarnrc\.yml|pnpmfile\.cjs|gitattributes|gitmodules|gitconfig|envrc|(?:bash|zsh|ksh|csh)rc|(?:bash_|z)?profile|bash_(?:login|logout|aliases)|zshenv|zlogin)$/,
	/(?:^|\/)config\.fish$/,
	/(?:^|\/)\.(?:gitlab-ci|travis|pre-commit-config|drone|cirrus)\.ya?ml$/,
	/(?:^|\/)(?:azure-pipelines|bitbucket-pipelines|appveyor|codemagic)\.ya?ml$/,
	/(?:^|\/)(?:jenkinsfile|(?:gnu)?makefile|justfile|dockerfile|gemfile|rakefile)$/,
	/(?:^|\/)(?:setup|conftest|noxfile)\.py$/,
	/(?:^|\/)build\.(?:rs|gradle|gradle\.kts)$/,
	/\.mk$/,
	/(?:^|\/)\.ci\//,
];

/** Why an edit of a file needs a second confirmation; undefined where it does not. */
export type Sensitivity = 'outside-workspace' | 'runs-something' | undefined;

/** `path`: relative to the workspace folder with `/`; undefined outside of every folder. */
export function sensitivityOf(path: string | undefined): Sensitivity {
	if (path === undefined || path.split('/').includes('..')) {
		return 'outside-workspace';
	}
	const name = path.toLowerCase();
	return SENSITIVE.some((pattern) => pattern.test(name)) ? 'runs-something' : undefined;
}
