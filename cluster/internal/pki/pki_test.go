package pki

import (
	"crypto/x509"
	"os"
	"testing"

	"sftkube/internal/network"
)

const slot = network.Slot(3)

func TestCertificatesServeAndAuthenticateWhatTheyAreFor(t *testing.T) {
	store := Store(t.TempDir())
	if err := store.Ensure(Plan(slot, []string{"sft-0", "sft-1"})); err != nil {
		t.Fatal(err)
	}
	client, server := x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth
	for _, test := range []struct {
		name, authority, host string
		usage                 x509.ExtKeyUsage
		user, group           string
	}{
		{APIServer, ClusterCA, slot.HostIP().String(), server, "kube-apiserver", ""},
		{APIServer, ClusterCA, slot.APIServiceIP().String(), server, "kube-apiserver", ""},
		{APIServer, ClusterCA, "127.0.0.1", server, "kube-apiserver", ""},
		{APIServer, ClusterCA, "kubernetes", server, "kube-apiserver", ""},
		{APIServer, ClusterCA, "kubernetes.default.svc", server, "kube-apiserver", ""},
		{APIServer, ClusterCA, "kubernetes.default.svc.cluster.local", server, "kube-apiserver", ""},
		{Etcd, EtcdCA, "127.0.0.1", server, "etcd", ""},
		{APIServerEtcd, EtcdCA, "", client, "kube-apiserver-etcd-client", ""},
		{FrontProxy, FrontProxyCA, "", client, "front-proxy-client", ""},
		{Admin, ClusterCA, "", client, "sftkube-admin", "system:masters"},
		{NodeName("sft-1"), ClusterCA, slot.NodeIP(1).String(), server, "system:node:sft-1", "system:nodes"},
		{NodeName("sft-1"), ClusterCA, "", client, "system:node:sft-1", "system:nodes"},
	} {
		t.Run(test.name+" "+test.host, func(t *testing.T) {
			roots := x509.NewCertPool()
			roots.AddCert(certificate(t, store, test.authority))
			leaf := certificate(t, store, test.name)
			options := x509.VerifyOptions{Roots: roots, DNSName: test.host, KeyUsages: []x509.ExtKeyUsage{test.usage}}
			if _, err := leaf.Verify(options); err != nil {
				t.Error(err)
			}
			group := ""
			if len(leaf.Subject.Organization) > 0 {
				group = leaf.Subject.Organization[0]
			}
			if leaf.Subject.CommonName != test.user || group != test.group {
				t.Errorf("authenticates as %s of %q", leaf.Subject.CommonName, group)
			}
		})
	}
}

func TestAuthoritiesDoNotVouchForEachOther(t *testing.T) {
	store := Store(t.TempDir())
	if err := store.Ensure(Plan(slot, nil)); err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate(t, store, EtcdCA))
	options := x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if _, err := certificate(t, store, Admin).Verify(options); err == nil {
		t.Error("the cluster's admin is a client of etcd")
	}
}

func TestEnsureKeepsWhatIsThereAndAddsNodes(t *testing.T) {
	store := Store(t.TempDir())
	if err := store.Ensure(Plan(slot, []string{"sft-0"})); err != nil {
		t.Fatal(err)
	}
	kept := []string{store.CertificateFile(ClusterCA), store.KeyFile(ServiceAccountKey), store.CertificateFile(NodeName("sft-0"))}
	var before []string
	for _, path := range kept {
		before = append(before, read(t, path))
	}
	if err := store.Ensure(Plan(slot, []string{"sft-0", "sft-1"})); err != nil {
		t.Fatal(err)
	}
	for i, path := range kept {
		if read(t, path) != before[i] {
			t.Errorf("%s has changed", path)
		}
	}
	certificate(t, store, NodeName("sft-1"))
}

func TestKeysAreForRootOnly(t *testing.T) {
	store := Store(t.TempDir())
	if err := store.Ensure(Plan(slot, nil)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ClusterCA, Admin, ServiceAccountKey} {
		info, err := os.Stat(store.KeyFile(name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func certificate(t *testing.T, store Store, name string) *x509.Certificate {
	t.Helper()
	der, err := readPEM(store.CertificateFile(name))
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
