.PHONY: crds
crds: ## write the CRD anew from its Java records, here and into the chart
	cd $(ROOT) && ./mvnw -q -pl crds test-compile \
	  org.codehaus.mojo:exec-maven-plugin:3.6.4:java -Dexec.mainClass=io.sftjob.api.crd.WriteCrd -Dexec.classpathScope=test
