// Package kubeconfig writes kubeconfig files that hold their certificates, so that a copy of the file is enough.
package kubeconfig

import (
	"fmt"
	"net/netip"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"sftkube/internal/pki"
)

// Write writes the kubeconfig of the user that the certificate stands for, with name as its cluster, user and context.
func Write(path, name string, server netip.AddrPort, store pki.Store, certificate string) error {
	config := api.NewConfig()
	cluster, user := api.NewCluster(), api.NewAuthInfo()
	cluster.Server = fmt.Sprintf("https://%v", server)
	for file, data := range map[string]*[]byte{
		store.CertificateFile(pki.ClusterCA): &cluster.CertificateAuthorityData,
		store.CertificateFile(certificate):   &user.ClientCertificateData,
		store.KeyFile(certificate):           &user.ClientKeyData,
	} {
		var err error
		if *data, err = os.ReadFile(file); err != nil {
			return err
		}
	}
	context := api.NewContext()
	context.Cluster, context.AuthInfo = name, name
	config.Clusters[name], config.AuthInfos[name], config.Contexts[name] = cluster, user, context
	config.CurrentContext = name
	return clientcmd.WriteToFile(*config, path)
}
