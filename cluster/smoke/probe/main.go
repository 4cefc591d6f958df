// Probe is what the smoke test runs in a pod: it does the things that pods need a cluster for, and answers over HTTP how they went.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

func main() {
	if len(os.Args) > 1 { // kubectl exec
		fmt.Println("echo", os.Args[1])
		return
	}
	fmt.Println("probe is listening")
	http.HandleFunc("/gpus", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getenv("NVIDIA_VISIBLE_DEVICES")) })
	http.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) { answer(w, write(r.URL.Query().Get("file"))) })
	http.HandleFunc("/api", func(w http.ResponseWriter, _ *http.Request) { answer(w, askAPI()) })
	fmt.Println(http.ListenAndServe(":8080", nil))
	os.Exit(1)
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprint(w, "done")
}

func write(file string) error { return os.WriteFile(file, []byte("written by a pod\n"), 0o644) }

// askAPI reads the version from the API server by its ClusterIP, as client libraries do.
func askAPI() error {
	authority, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		return err
	}
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	request, err := http.NewRequest(http.MethodGet, "https://"+net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))+"/version", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s: %s", response.Status, body)
	}
	return nil
}
