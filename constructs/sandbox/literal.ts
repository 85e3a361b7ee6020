/**
 * A text as a variable's value or an argument must say it, so that it arrives as it is: Kubernetes takes `$(NAME)` for
 * another variable and `$$` for a `$`. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const literal = (text: string): string => text.replace(/\$+(?=\()|\${2,}/g, (dollars) => dollars + dollars);
