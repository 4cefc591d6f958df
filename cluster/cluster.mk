# The embedded Kubernetes: see cluster/README.md.
CLUSTER := $(ROOT)/cluster
CLUSTER_BUILD := $(CLUSTER)/build
KUBE_MINOR := 34
KUBE_VERSION := 1.$(KUBE_MINOR).4
HELM_VERSION := v3.19.5
# What fabric8's kube-api-test looks for below KUBE_API_TEST_DIR.
KUBE_API_TEST := $(CLUSTER_BUILD)/kubeapitest/k8s/$(KUBE_VERSION)-linux-amd64

# No cgo: static programs, and no C compiler. -trimpath: the same bytes wherever it is built.
CLUSTER_GO := CGO_ENABLED=0 go
CLUSTER_GO_BUILD := $(CLUSTER_GO) build -trimpath -buildvcs=false
KUBE_STAMP := $(foreach package,k8s.io/component-base/version k8s.io/client-go/pkg/version,\
	-X $(package).gitVersion=v$(KUBE_VERSION) -X $(package).gitMajor=1 -X $(package).gitMinor=$(KUBE_MINOR)\
	-X $(package).gitTreeState=archive -X $(package).buildDate=1970-01-01T00:00:00Z)
CLUSTER_SOURCES := $(CLUSTER)/go.mod $(CLUSTER)/go.sum $(shell find $(CLUSTER)/cmd $(CLUSTER)/internal -name '*.go' -not -name '*_test.go')

.PHONY: cluster cluster-deps cluster-up cluster-down cluster-test

cluster: $(CLUSTER_BUILD)/sftkube $(CLUSTER_BUILD)/sftkube-pause $(CLUSTER_BUILD)/helm $(KUBE_API_TEST)/kubectl ## build the embedded Kubernetes and Helm (minutes when cold)

# Each program is replaced as a whole, so that what runs keeps its file and what starts finds one.
$(CLUSTER_BUILD)/sftkube: $(CLUSTER_SOURCES) $(CLUSTER)/cluster.mk
	@command -v go > /dev/null || { echo "No Go found: install Go 1.24 or newer." >&2; exit 1; }
	mkdir -p $(@D)
	cd $(CLUSTER) && $(CLUSTER_GO_BUILD) -ldflags '-s -w $(KUBE_STAMP)' -o $@.new ./cmd/sftkube
	mv $@.new $@

$(CLUSTER_BUILD)/sftkube-pause: $(CLUSTER)/cmd/pause/main.go $(CLUSTER)/go.mod
	mkdir -p $(@D)
	cd $(CLUSTER) && $(CLUSTER_GO_BUILD) -ldflags '-s -w' -o $@.new ./cmd/pause
	mv $@.new $@

# Built after sftkube, since two Go builds at once only take each other's memory.
$(CLUSTER_BUILD)/helm: $(CLUSTER)/helm/go.mod $(CLUSTER)/helm/go.sum | $(CLUSTER_BUILD)/sftkube
	cd $(CLUSTER)/helm && $(CLUSTER_GO_BUILD) -ldflags '-s -w -X helm.sh/helm/v3/internal/version.version=$(HELM_VERSION)' -o $@.new helm.sh/helm/v3/cmd/helm
	mv $@.new $@

$(KUBE_API_TEST)/kubectl: $(CLUSTER)/cluster.mk
	mkdir -p $(@D)
	for name in etcd kube-apiserver kubectl; do ln -sfn ../../../sftkube $(@D)/$$name; done

# By programs, not by package names: Docker's own packages bring containerd and runc too.
cluster-deps: ## install Debian's containerd, runc, CNI plugins and iptables where missing (root)
	$(ROOT)/tools/need containerd:containerd runc:runc iptables:iptables ip:iproute2 \
	  '/usr/lib/cni/bridge|/opt/cni/bin/bridge:containernetworking-plugins'

cluster-up: cluster cluster-deps ## bring the embedded Kubernetes up and print the path of its kubeconfig (root)
	$(CLUSTER_BUILD)/sftkube up

cluster-down: ## take it down; its state stays for the next cluster-up (root)
	$(CLUSTER_BUILD)/sftkube down

# -count=1: Go would take yesterday's cluster for today's.
cluster-test: cluster cluster-deps ## unit tests of the cluster's code, and a smoke test of a real one (root)
	cd $(CLUSTER) && test -z "$$(gofmt -l . | tee /dev/stderr)"
	cd $(CLUSTER) && $(CLUSTER_GO) vet -trimpath ./... && $(CLUSTER_GO) test -trimpath ./cmd/... ./internal/...
	cd $(CLUSTER) && $(CLUSTER_GO) test -trimpath -count=1 ./smoke
