package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// lifetime is beyond that of any test cluster, so nothing renews certificates.
const lifetime = 10 * 365 * 24 * time.Hour

// Store is the folder of a cluster's keys and certificates.
type Store string

// CertificateFile is the path of a certificate, PEM.
func (s Store) CertificateFile(name string) string { return filepath.Join(string(s), name+".crt") }

// KeyFile is the path of a private key, PEM.
func (s Store) KeyFile(name string) string { return filepath.Join(string(s), name+".key") }

// Ensure makes what is missing and keeps what is there, since running pods hold tokens and CAs of an earlier start.
func (s Store) Ensure(plan []Certificate) error {
	if err := os.MkdirAll(string(s), 0o700); err != nil {
		return err
	}
	if err := s.ensureServiceAccountKey(); err != nil {
		return err
	}
	authorities := map[string]*authority{}
	for _, c := range plan {
		ca := authorities[c.Authority]
		if ca == nil {
			var err error
			if ca, err = s.ensureAuthority(c.Authority); err != nil {
				return err
			}
			authorities[c.Authority] = ca
		}
		if s.has(c.Name) {
			continue
		}
		if err := s.issue(ca, c); err != nil {
			return fmt.Errorf("certificate %s: %w", c.Name, err)
		}
	}
	return nil
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func (s Store) ensureAuthority(name string) (*authority, error) {
	if s.has(name) {
		return s.readAuthority(name)
	}
	template, err := newTemplate(pkix.Name{CommonName: "sftkube " + name})
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := s.write(name, template, template, key, key); err != nil {
		return nil, err
	}
	return s.readAuthority(name)
}

func (s Store) readAuthority(name string) (*authority, error) {
	certificate, err := readPEM(s.CertificateFile(name))
	if err != nil {
		return nil, err
	}
	key, err := readPEM(s.KeyFile(name))
	if err != nil {
		return nil, err
	}
	var ca authority
	if ca.certificate, err = x509.ParseCertificate(certificate); err != nil {
		return nil, fmt.Errorf("%s: %w", s.CertificateFile(name), err)
	}
	if ca.key, err = x509.ParseECPrivateKey(key); err != nil {
		return nil, fmt.Errorf("%s: %w", s.KeyFile(name), err)
	}
	return &ca, nil
}

func (s Store) issue(ca *authority, c Certificate) error {
	subject := pkix.Name{CommonName: c.User}
	if c.Group != "" {
		subject.Organization = []string{c.Group}
	}
	template, err := newTemplate(subject)
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if len(c.Hosts) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	for _, host := range c.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	return s.write(c.Name, template, ca.certificate, key, ca.key)
}

// write signs and stores; the certificate last, as its presence says that both files are whole.
func (s Store) write(name string, template, parent *x509.Certificate, key *ecdsa.PrivateKey, signer crypto.Signer) error {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	if err := writePEM(s.KeyFile(name), "EC PRIVATE KEY", keyDER); err != nil {
		return err
	}
	return writePEM(s.CertificateFile(name), "CERTIFICATE", der)
}

// ensureServiceAccountKey makes an RSA key: RS256 is the one signature that every consumer of ServiceAccount tokens knows.
func (s Store) ensureServiceAccountKey() error {
	path := s.KeyFile(ServiceAccountKey)
	if exists(path) {
		return nil
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return writePEM(path, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func (s Store) has(name string) bool { return exists(s.CertificateFile(name)) }

func newTemplate(subject pkix.Name) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(lifetime)}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func readPEM(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block", path)
	}
	return block.Bytes, nil
}

func writePEM(path, kind string, der []byte) error {
	temporary := path + ".new"
	if err := os.WriteFile(temporary, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
