import { parseManifests, type Manifest } from '../manifest.ts';

const service = (name: string, port: number, environment: string, policy: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: {name: ${name}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app.kubernetes.io/component: service}}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: ${name}}}
  template:
    metadata: {labels: {app.kubernetes.io/name: ${name}}}
    spec:
      serviceAccountName: ${name}
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 30
      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: service
          image: registry.example:5000/${name}:1.0.0
          command: [node, apps/${name}/dist/main.js]
          env: ${environment}
          envFrom: [{configMapRef: {name: engines}}]
          ports: [{name: grpc, containerPort: ${port}}]
          startupProbe: {grpc: {port: ${port}}}
          livenessProbe: {tcpSocket: {port: grpc}}
          readinessProbe: {grpc: {port: ${port}}}
          lifecycle: {preStop: {sleep: {seconds: 5}}}
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: "1", memory: 128Mi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
          volumeMounts: [{name: tmp, mountPath: /tmp}]
      volumes: [{name: tmp, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {clusterIP: None, selector: {app.kubernetes.io/name: ${name}}, ports: [{name: grpc, port: ${port}, targetPort: grpc}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ${name}}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}
  minReplicas: 2
  maxReplicas: 4
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${name}}
spec: {maxUnavailable: 1, selector: {matchLabels: {app.kubernetes.io/name: ${name}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: ${name}}}
  policyTypes: [Ingress, Egress]
  ${policy}`;

const shared = `
apiVersion: v1
kind: ConfigMap
metadata: {name: engines}
data: {SERENDIP_LOG: "kafka://kafka.elsewhere:9092"}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: name-lookup}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}`;

/** A rendering without a fault: `shop` calls `stock`, both have everything that a service needs. Fresh objects each time. */
export function twoServices(): readonly Manifest[] {
  const shop = service('shop', 50051, '[{name: SERENDIP_STOCK_TARGET, value: "dns:///stock:50052"}]',
    'egress: [{to: [{podSelector: {matchLabels: {app.kubernetes.io/name: stock}}}], ports: [{port: 50052}]}]');
  const stock = service('stock', 50052, '[]',
    'ingress: [{from: [{podSelector: {matchExpressions: [{key: app.kubernetes.io/name, operator: In, values: [shop]}]}}], ports: [{port: grpc}]}]');
  return parseManifests([shared, shop, stock].join('\n---\n'));
}
