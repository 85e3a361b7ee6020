import { App, Chart } from 'cdk8s';
import {
  ComponentNetworkPolicy,
  type ComponentNetworkPolicyProps,
} from '../../../constructs/network/component-network-policy';

function specOf(allows?: ComponentNetworkPolicyProps['allows']) {
  const chart = new Chart(new App(), 'c');
  new ComponentNetworkPolicy(chart, { component: 'it', namespace: 'n', name: 'p', reason: 'because', allows });
  return chart.toJson()[0].spec;
}

const podSelector = { matchLabels: { 'app.kubernetes.io/name': 'it' } };

test('a policy that allows nothing denies both directions', () => {
  expect(specOf()).toEqual({ podSelector, policyTypes: ['Ingress', 'Egress'] });
});

test('a policy that allows one direction says nothing of the other', () => {
  expect(specOf({ ingress: [{}] })).toEqual({ podSelector, policyTypes: ['Ingress'], ingress: [{}] });
  expect(specOf({ egress: [{}] })).toEqual({ podSelector, policyTypes: ['Egress'], egress: [{}] });
});

test('a policy that allows both directions holds for both', () => {
  expect(specOf({ ingress: [{}], egress: [{}] }).policyTypes).toEqual(['Ingress', 'Egress']);
});
