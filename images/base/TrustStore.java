import java.io.FileOutputStream;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.util.HexFormat;

/**
 * Writes the PEM certificates of standard input as a PKCS12 trust store without a password, the same
 * bytes each time. Argument: the file to write.
 */
public final class TrustStore {
  private TrustStore() {}

  public static void main(String[] args) throws Exception {
    // Encryption and a MAC would put random salts into a file that holds no secret.
    Security.setProperty("keystore.pkcs12.certProtectionAlgorithm", "NONE");
    Security.setProperty("keystore.pkcs12.macAlgorithm", "NONE");
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (var certificate :
        CertificateFactory.getInstance("X.509").generateCertificates(System.in)) {
      var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      store.setCertificateEntry(HexFormat.of().formatHex(digest), certificate);
    }
    try (var out = new FileOutputStream(args[0])) {
      store.store(out, null);
    }
    System.out.println(args[0] + ": " + store.size() + " certificates");
  }
}
