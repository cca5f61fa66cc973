using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fer.Pipeline;

namespace Fer.Server;

/// <summary>Reads the certificate to serve HTTPS with.</summary>
internal static class ServerCertificate
{
    /// <exception cref="FerException">A file cannot be read, is no certificate, or its key or password is missing or wrong.</exception>
    internal static X509Certificate2? Load(ServeOptions options)
    {
        if (options.Certificate is not { } path) return null;
        string? password = options.CertificatePasswordFile is { } file ? FirstLine(file) : null;
        try
        {
            if (!File.Exists(path)) throw new FerException($"{path}: there is no such certificate.");
            bool pem = X509Certificate2.GetCertContentType(path) == X509ContentType.Cert;
            var certificate = !pem ? X509CertificateLoader.LoadPkcs12FromFile(path, password)
                : password is null ? X509Certificate2.CreateFromPemFile(path, options.CertificateKey)
                : X509Certificate2.CreateFromEncryptedPemFile(path, password, options.CertificateKey);
            if (certificate.HasPrivateKey) return certificate;
            certificate.Dispose();
            throw new FerException($"{path}: holds no private key. Name the key with --certificate-key.");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be used as a certificate ({e.Message.TrimEnd('.')}). It takes PEM with its key " +
                "(--certificate-key where that is a file of its own) or PKCS #12; a password comes from --certificate-password-file.", e);
        }
    }

    private static string FirstLine(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            return reader.ReadLine() ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FerException($"{path}: cannot be read ({e.Message}). Its first line should be the certificate's password.", e);
        }
    }
}
