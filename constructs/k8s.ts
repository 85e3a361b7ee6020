/**
 * The built-in kinds, typed: cdk8s-plus-28's L1 constructs. Taken from the file that holds them, because the package's
 * front door loads its L2 constructs too, which nothing here uses (20 ms of each start).
 */
export * as k8s from 'cdk8s-plus-28/lib/imports/k8s';
