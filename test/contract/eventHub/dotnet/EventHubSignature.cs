// A shared access signature as its caller makes it.

using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Sightglass.Checks;

sealed class EventHubSignature(string keyName, string key)
{
    public string For(string address, TimeSpan lifetime)
    {
        var resource = WebUtility.UrlEncode(address);
        var expiry = DateTimeOffset.UtcNow.Add(lifetime).ToUnixTimeSeconds();
        var text = Encoding.UTF8.GetBytes($"{resource}\n{expiry}");
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), text);
        var signature = WebUtility.UrlEncode(Convert.ToBase64String(hash));
        return $"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={keyName}";
    }
}
