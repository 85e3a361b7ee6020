import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { IngressConfig } from '../../config/schema/ingress';
import { externalDns, type SandboxIngressProps } from './ingress';

type Spec = NonNullable<IHTTPRoute['spec']>;

/** Gateway API's counterpart of an Ingress: a route to a Service; with TLS, plain HTTP is sent to HTTPS. */
export class SandboxRoute extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SandboxIngressProps,
  ) {
    super(scope, id);
    const { name, service, tlsSecret, timeoutSeconds } = props;
    this.route(name, tlsSecret === undefined ? 'http_listener' : 'https_listener', {
      backendRefs: [{ name: service.name, port: service.port }],
      // Gateway API writes no number of more than five digits.
      timeouts: { request: timeoutSeconds < 100_000 ? `${timeoutSeconds}s` : `${Math.ceil(timeoutSeconds / 3600)}h` },
    });
    if (tlsSecret !== undefined) {
      this.route(`${name}-redirect`, 'http_listener', {
        filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
      });
    }
  }

  private route(
    name: string,
    listener: keyof Pick<IngressConfig['gateway'], 'http_listener' | 'https_listener'>,
    rule: NonNullable<Spec['rules']>[number],
  ) {
    const { namespace, labels, host, ingress } = this.props;
    const { gateway } = ingress;
    new ApiObject(this, name, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name, namespace, labels, annotations: externalDns(host) },
      spec: {
        parentRefs: [{ name: gateway.name, namespace: gateway.namespace ?? namespace, sectionName: gateway[listener] }],
        hostnames: [host],
        rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], ...rule }],
      } satisfies Spec,
    });
  }
}
